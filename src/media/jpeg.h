// A picture as JPEG, for reports and pages.
#pragma once

#include <string>

#include "core/frame.h"
#include "core/size.h"
#include "saccade/error.h"

namespace saccade::media {

struct JpegOptions {
    int longest_side = 0;  ///< px; a larger picture is made smaller, its shape kept; 0: as it is
    int quantizer = 4;     ///< of libavcodec: 2 (best) to 31
};

/// Width and height that a picture is given by options.longest_side, at least 1 x 1.
[[nodiscard]] Size jpeg_size(Size picture, const JpegOptions& options) noexcept;

/// The bytes of a JFIF file, 4:2:0, BT.601, full range; the same for equal input. The colours are
/// converted from frame.color. Any thread. Errors: unsupported for a frame in device memory or
/// without planes; unavailable where libavcodec has no MJPEG encoder; out_of_memory; internal.
Result<std::string> encode_jpeg(const Frame& frame, const JpegOptions& options = {});

}  // namespace saccade::media
