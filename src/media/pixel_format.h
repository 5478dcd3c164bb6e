// FFmpeg's pixel formats and ours.
#pragma once

extern "C" {
#include <libavutil/pixfmt.h>
}

#include <optional>

#include "core/frame.h"

namespace saccade::media {

/// Ours, where the planes of `format` can be used as they are (alpha planes are left out).
std::optional<PixelFormat> direct_format(AVPixelFormat format) noexcept;

/// The one of ours that loses least, by colour model, depth and subsampling.
/// Nothing for hardware surfaces, whose pixels the host can't see.
std::optional<PixelFormat> nearest_format(AVPixelFormat format) noexcept;

AVPixelFormat to_libav(PixelFormat format) noexcept;

/// The matrix as sws_getCoefficients() takes it.
int swscale_matrix(ColorMatrix matrix) noexcept;

/// Luma alone, of whatever depth.
bool is_gray(AVPixelFormat format) noexcept;

/// One of the deprecated yuvj formats, whose name says full range.
bool is_full_range_format(AVPixelFormat format) noexcept;

}  // namespace saccade::media
