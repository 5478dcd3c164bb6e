// What a stream's own tags say of its colours.
#pragma once

#include "core/frame.h"
#include "media/libav.h"

namespace saccade::media {

/// The colours of a decoded picture. Tags are believed; what they leave open is filled in:
/// - matrix: BT.601 for JPEG and full-range "yuvj" pictures (JFIF), else BT.709 from 720 lines on
///   and BT.601 below, as players do. SMPTE 240M counts as BT.709 and FCC as BT.601, their near
///   equals; a matrix of another kind (YCgCo, ICtCp) is read as if it were untagged, with a
///   warning.
/// - range: full for JPEG and yuvj, else limited.
/// - siting: centre for JPEG, else left.
/// RGB has no matrix: it is always full range, as grey is. `display_height` is in px, upright.
ColorSpec color_of(const AVFrame& frame, PixelFormat format, AVCodecID codec, int display_height);

/// Luma alone, but with head and foot room (H.264 monochrome, say): our gray8 can't say that.
/// Untagged grey is limited from the MPEG family and full from any other codec.
bool is_limited_gray(const AVFrame& frame, AVCodecID codec);

/// The tags that say `color`, for an encoder.
void tag_color(AVCodecContext& encoder, const ColorSpec& color);

}  // namespace saccade::media
