// A picture in host memory that can be drawn on: planar 4:2:0, 8 bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/frame.h"
#include "saccade/error.h"

namespace saccade::sink {

/// One plane. Chroma planes are half the size, rounded up.
struct PlaneView {
    std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;  ///< bytes
    int width = 0, height = 0;  ///< samples
    [[nodiscard]] std::uint8_t* row(int y) const noexcept { return data + y * stride; }
};

/// Owns its pixels; kept from frame to frame, so that the memory is touched once.
class Picture {
  public:
    /// Contents are then undefined.
    void resize(int width, int height);

    [[nodiscard]] int width() const noexcept { return planes_[0].width; }
    [[nodiscard]] int height() const noexcept { return planes_[0].height; }
    [[nodiscard]] const PlaneView& plane(std::size_t i) const noexcept { return planes_[i]; }

    ColorSpec color;

    /// As an i420 Frame without an owner: good while this picture is left alone.
    [[nodiscard]] Frame view(const Frame& like) const;

  private:
    std::vector<std::uint8_t> pixels_;
    std::array<PlaneView, 3> planes_{};
};

/// Copies `frame` into `out`, converted to 4:2:0 and 8 bits. YCbCr stays in its own matrix and
/// range (depth is rounded, chroma averaged over the luma samples that it stands for, by the siting
/// that `color` keeps); gray8 becomes full-range YCbCr without colour; rgb24 becomes BT.709
/// limited. Errors: unsupported for a frame in device memory or without planes.
Result<void> to_i420(const Frame& frame, Picture& out);

}  // namespace saccade::sink
