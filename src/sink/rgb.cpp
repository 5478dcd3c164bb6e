#include "sink/rgb.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade::sink {
namespace {

std::uint8_t to_code(double value) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

double relative_luminance(Rgb c) {
    const auto linear = [](std::uint8_t code) {
        const double v = code / 255.0;
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

/// Hue in turns, the others in [0, 1].
Rgb from_hsv(double hue, double saturation, double value) {
    const auto channel = [&](double n) {
        const double k = std::fmod(n + hue * 6, 6);
        return to_code(255 * value * (1 - saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0)));
    };
    return {channel(5), channel(3), channel(1)};
}

}  // namespace

YuvMatrix yuv_matrix(const ColorSpec& color) noexcept {
    const auto [kr, kb] = [&]() -> std::pair<double, double> {
        switch (color.matrix) {
            case ColorMatrix::bt601: return {0.299, 0.114};
            case ColorMatrix::bt709: return {0.2126, 0.0722};
            case ColorMatrix::bt2020: return {0.2627, 0.0593};
        }
        return {0.2126, 0.0722};
    }();
    const bool limited = color.range == ColorRange::limited;
    const double kg = 1 - kr - kb;
    const double luma = limited ? 219.0 / 255 : 1;
    const double cb = (limited ? 224.0 / 255 : 1) / (2 * (1 - kb));
    const double cr = (limited ? 224.0 / 255 : 1) / (2 * (1 - kr));
    const auto row = [](double r, double g, double b) {
        return std::array<float, 3>{static_cast<float>(r), static_cast<float>(g),
                                    static_cast<float>(b)};
    };
    return {{row(luma * kr, luma * kg, luma * kb), row(-cb * kr, -cb * kg, cb * (1 - kb)),
             row(cr * (1 - kr), -cr * kg, -cr * kb)},
            {limited ? 16.0F : 0.0F, 128.0F, 128.0F}};
}

std::array<std::uint8_t, 3> to_yuv(Rgb color, const ColorSpec& spec) noexcept {
    const YuvMatrix matrix = yuv_matrix(spec);
    std::array<std::uint8_t, 3> yuv{};
    for (std::size_t i = 0; i < 3; ++i) {
        yuv[i] = to_code(matrix.m[i][0] * color.r + matrix.m[i][1] * color.g +
                         matrix.m[i][2] * color.b + matrix.offset[i]);
    }
    return yuv;
}

Rgb color_of(std::int64_t number) noexcept {
    constexpr double golden_turn = 0.6180339887498949;
    // Reduced first: the product of a huge number would have no fraction left.
    const auto small = static_cast<double>(static_cast<std::uint64_t>(number) % 1'000'003);
    return from_hsv(std::fmod(small * golden_turn, 1.0), 0.78, 0.95);
}

double contrast(Rgb a, Rgb b) noexcept {
    const double first = relative_luminance(a), second = relative_luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

Rgb text_color_on(Rgb background) noexcept {
    constexpr Rgb black{0, 0, 0}, white{255, 255, 255};
    return contrast(white, background) >= 3 ? white : black;
}

}  // namespace saccade::sink
