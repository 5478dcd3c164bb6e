// Small grey pictures for the estimation of camera motion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade::track {

/// A view of 8-bit luma, row by row. Not owned.
struct LumaView {
    const std::uint8_t* data = nullptr;
    int width = 0, height = 0;  ///< px
    std::ptrdiff_t stride = 0;  ///< bytes from a row to the next
    [[nodiscard]] const std::uint8_t* row(int y) const noexcept { return data + y * stride; }
};

/// An owned picture without padding; memory is kept when it shrinks.
class LumaImage {
  public:
    void resize(int width, int height) {
        width_ = width, height_ = height;
        data_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    }
    [[nodiscard]] std::uint8_t* row(int y) noexcept {
        return data_.data() + static_cast<std::ptrdiff_t>(y) * width_;
    }
    [[nodiscard]] LumaView view() const noexcept { return {data_.data(), width_, height_, width_}; }

  private:
    int width_ = 0, height_ = 0;
    std::vector<std::uint8_t> data_;
};

/// The mean of each factor x factor block, rounded to nearest; a rest at the right or bottom edge
/// is left out. `factor` from 1 to 16, and the picture is at least that wide and high.
void shrink(const LumaView& from, int factor, LumaImage& to);

/// The same as floats, which the flow reads several times each. Rows without padding; behind the
/// last one flow_slack samples more may be read.
struct LumaSamples {
    std::vector<float> data;
    int width = 0, height = 0;  ///< px
};

/// The picture and its halves: level 0 is a copy of it, each further one is half as wide and high.
class LumaPyramid {
  public:
    static constexpr int max_levels = 4;

    /// As many levels as stay at least 32 px wide and high, 1 at least.
    void build(const LumaView& picture);
    [[nodiscard]] int levels() const noexcept { return levels_; }
    [[nodiscard]] LumaView level(int i) const noexcept { return images_[i].view(); }
    [[nodiscard]] const LumaSamples& samples(int i) const noexcept { return samples_[i]; }

  private:
    LumaImage images_[max_levels];
    LumaSamples samples_[max_levels];
    int levels_ = 0;
};

}  // namespace saccade::track
