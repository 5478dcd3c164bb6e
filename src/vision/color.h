// From a frame's colour description to the numbers of its conversion.
#pragma once

#include "core/frame.h"
#include "vision/sampling.h"

namespace saccade::vision {

/// The conversion to RGB, `scale` (of 8-bit values: 1/255 gives [0, 1]) and the fixed-point scales
/// of sampling.h folded in. Chroma is centred on 128 of 255 (or its 10-bit like); gray8 is passed
/// to the transform as three equal channels.
ColorTransform make_color_transform(PixelFormat format, const ColorSpec& color, float scale);

}  // namespace saccade::vision
