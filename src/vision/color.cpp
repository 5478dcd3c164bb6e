#include "vision/color.h"

#include <cmath>

namespace saccade::vision {

ColorTransform make_color_transform(PixelFormat format, const ColorSpec& color, float scale) {
    const PixelLayout layout = layout_of(format);
    // What a code of one is in the fixed point of mix_across.
    const double code = std::ldexp(1.0, 15 - layout.depth + across_bits);
    ColorTransform t;
    t.limit = 255 * scale;
    if (format == PixelFormat::gray8 || format == PixelFormat::rgb24) {
        t.rgb = true;
        t.c[0] = static_cast<float>(scale / code);
        return t;
    }

    // Rec. ITU-R BT.601-7, BT.709-6, BT.2020-2: the luma coefficients.
    double kr = 0.2126, kb = 0.0722;
    if (color.matrix == ColorMatrix::bt601) kr = 0.299, kb = 0.114;
    if (color.matrix == ColorMatrix::bt2020) kr = 0.2627, kb = 0.0593;
    const double kg = 1 - kr - kb;

    const double steps = 1 << (layout.depth - 8);  // codes of this depth to one of 8 bits
    const double full = (1 << layout.depth) - 1;
    const bool limited = color.range == ColorRange::limited;
    const double luma_span = limited ? 219 * steps : full;
    const double chroma_span = limited ? 224 * steps : full;
    const double black = limited ? 16 * steps : 0;
    const double neutral = 128 * steps;

    const double luma = 255 * scale / luma_span;  // per code
    const double chroma = 255 * scale / chroma_span;
    const double red_cr = 2 * (1 - kr) * chroma;
    const double blue_cb = 2 * (1 - kb) * chroma;
    const double green_cb = -blue_cb * kb / kg;
    const double green_cr = -red_cr * kr / kg;
    const double numbers[8] = {luma / code,
                               -luma * black - red_cr * neutral,
                               red_cr / code,
                               -luma * black - (green_cb + green_cr) * neutral,
                               green_cb / code,
                               green_cr / code,
                               -luma * black - blue_cb * neutral,
                               blue_cb / code};
    for (int i = 0; i < 8; ++i) t.c[i] = static_cast<float>(numbers[i]);
    return t;
}

}  // namespace saccade::vision
