// Which samples each output column and row is made of.
#pragma once

#include <vector>

#include "core/frame.h"
#include "vision/letterbox.h"
#include "vision/sampling.h"

namespace saccade::vision {

/// The taps of a picture's luma (or RGB) and chroma planes, along one axis each.
/// Output column i has its centre at (i + 0.5) * src / new - 0.5 in luma samples, clamped to the
/// picture; chroma is read where that point lies among its own samples: k stands at luma 2k (left)
/// or 2k + 0.5 (centre) across, 2k + 0.5 down. No antialias, as cv2's INTER_LINEAR.
struct ResampleTables {
    std::vector<Tap> luma_x, luma_y;      ///< new_width, new_height taps
    std::vector<Tap> chroma_x, chroma_y;  ///< likewise; empty where the format has no chroma
};

ResampleTables make_resample_tables(const Letterbox& letterbox, PixelFormat format,
                                    ChromaSiting siting);

/// Samples of a chroma row or column under `size` luma samples.
[[nodiscard]] constexpr int chroma_size(int size, int shift) noexcept {
    return (size + (1 << shift) - 1) >> shift;
}

[[nodiscard]] constexpr bool has_chroma(PixelFormat format) noexcept {
    return format != PixelFormat::gray8 && format != PixelFormat::rgb24;
}

}  // namespace saccade::vision
