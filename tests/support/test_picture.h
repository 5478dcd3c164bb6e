// A picture that is made by a formula, so that others can make it too
// (bench/peers/read_layouts.py).
#pragma once

#include "unit/vision/frames.h"

namespace saccade::test {

/// RGB, 8 bits a sample.
inline Frame formula_picture(int width, int height) {
    return make_frame(PixelFormat::rgb24, width, height, [](int /*plane*/, int column, int y) {
        const int x = column / 3, channel = column % 3;
        return (x * 7 + y * 13 + channel * 29 + (x * y) % 31 * 5) % 256;
    });
}

}  // namespace saccade::test
