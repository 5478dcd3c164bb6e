// Host frames into a network's input: letterbox, colour and scale in one pass over the pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/cpu.h"
#include "core/frame.h"
#include "saccade/error.h"
#include "vision/color.h"
#include "vision/letterbox.h"
#include "vision/resample.h"
#include "vision/row_kernels.h"
#include "vision/store.h"

namespace saccade::vision {

/// What the network wants: planes [3, height, width], dense.
struct InputLayout {
    int width = 640, height = 640;  ///< px
    bool bgr = false;               ///< order of the planes; else RGB
    float scale = 1.0F / 255;       ///< applied to 8-bit values
    Placement placement = Placement::centered;
    float pad = 114;  ///< 8-bit value around the picture
    SampleType type = SampleType::f32;
};

/// Why a frame can't be read by code on the host, or nothing wrong.
/// Errors: invalid_argument (empty, or planes missing), unsupported (memory of a device).
Result<void> check_host_frame(const Frame& frame);

/// Keeps the tables of the last sizes it met. One thread at a time. No allocation once the sizes of
/// the streams are known.
class Preprocessor {
  public:
    explicit Preprocessor(const InputLayout& layout, Isa isa = best_isa());

    /// Writes the frame, in any host format, to one image of the input. `held` is the geometry that
    /// the image was last filled with by this function (a new Letterbox where it was not): the
    /// padding is written only where it differs, and it is brought up to date. Errors: those of
    /// check_host_frame; the image is then as it was.
    Result<void> run(const Frame& frame, void* image, Letterbox& held);

    [[nodiscard]] const InputLayout& layout() const noexcept { return layout_; }
    [[nodiscard]] std::size_t image_bytes() const noexcept;

  private:
    /// All that depends on the size and layout of a frame but not on its pixels.
    struct Plan {
        Plan(const Frame& frame, const InputLayout& layout);
        [[nodiscard]] bool fits(const Frame& frame) const noexcept;

        PixelFormat format;
        ChromaSiting siting;
        Letterbox letterbox;
        ResampleTables tables;
        AcrossPlan luma, chroma;
    };

    const Plan& plan_for(const Frame& frame);
    void resize_rows(const Frame& frame, const Plan& plan, std::byte* image);
    void blend_rows(const Frame& frame, const Plan& plan, int row);
    void mix_row(const Plan& plan, const ColorTransform& color, const RgbRow& out) const;
    void write_padding(const Letterbox& letterbox, std::byte* image) const;

    InputLayout layout_;
    const RowKernels& kernels_;
    std::vector<std::unique_ptr<Plan>> plans_;  ///< last used first
    std::vector<std::int16_t> blended_[3];      ///< one row of each component, Q15
    std::vector<float> mixed_;                  ///< one output row, three planes
};

}  // namespace saccade::vision
