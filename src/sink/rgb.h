// Colours to draw with.
#pragma once

#include <array>
#include <cstdint>

#include "core/frame.h"

namespace saccade::sink {

/// 8-bit, sRGB.
struct Rgb {
    std::uint8_t r = 0, g = 0, b = 0;
    friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// RGB to YCbCr as a matrix and an offset, in codes: Y = sum(m[0][i] * rgb[i]) + offset[0], ...
struct YuvMatrix {
    std::array<std::array<float, 3>, 3> m;
    std::array<float, 3> offset;
};
/// ITU-R BT.601-7, BT.709-6, BT.2020-2.
[[nodiscard]] YuvMatrix yuv_matrix(const ColorSpec& color) noexcept;

/// Y, Cb, Cr codes of a colour, rounded.
[[nodiscard]] std::array<std::uint8_t, 3> to_yuv(Rgb color, const ColorSpec& spec) noexcept;

/// A colour of its own for each number, with neighbours far apart: the hue goes on by the golden
/// ratio's turn.
[[nodiscard]] Rgb color_of(std::int64_t number) noexcept;

/// White where it has WCAG 2's contrast for large text (3:1) on `background`, else black. By the
/// ratio alone black would win on saturated purples and reds, where the eye prefers white.
[[nodiscard]] Rgb text_color_on(Rgb background) noexcept;

/// WCAG 2 contrast ratio, 1 to 21.
[[nodiscard]] double contrast(Rgb a, Rgb b) noexcept;

}  // namespace saccade::sink
