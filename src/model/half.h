// IEEE binary16 from binary32. Private to src/model.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace saccade::model {

/// Largest finite half, and the least that is not a subnormal.
inline constexpr float half_max = 65504.0F, half_min_normal = 0x1p-14F;

/// Rounded to nearest, ties to even; over the range to infinity.
inline std::uint16_t half_bits(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
    const float size = std::fabs(value);
    if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00U);
    if (size >= 65520.0F) return static_cast<std::uint16_t>(sign | 0x7c00U);  // half-way to 2^16
    if (size < half_min_normal) {  // a multiple of 2^-24; nearbyint rounds ties to even
        return static_cast<std::uint16_t>(
            sign | static_cast<std::uint32_t>(std::nearbyint(size * 0x1p24F)));
    }
    const std::uint32_t magnitude = (bits & 0x7fffffffU) - 0x38000000U;  // exponent bias 127 to 15
    const std::uint32_t rounded = magnitude + 0xfffU + ((magnitude >> 13) & 1U);
    return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

}  // namespace saccade::model
