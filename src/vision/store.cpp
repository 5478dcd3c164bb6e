#include "vision/store.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace saccade::vision {
namespace {

/// Drops the low `bits`, to nearest, ties to even.
std::uint32_t shift_rounded(std::uint32_t x, int bits) {
    const std::uint32_t half = 1U << (bits - 1);
    const std::uint32_t odd = (x >> bits) & 1U;
    return (x + half - 1 + odd) >> bits;
}

std::uint16_t to_bf16(float value) {
    return static_cast<std::uint16_t>(shift_rounded(std::bit_cast<std::uint32_t>(value), 16));
}

std::uint16_t to_f16(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude >= 0x47800000U) return static_cast<std::uint16_t>(sign | 0x7c00U);  // 2^16 on
    std::uint32_t half = 0;
    if (magnitude >= 0x38800000U) {  // from 2^-14: normal in both
        half = shift_rounded(magnitude - 0x38000000U, 13);
    } else if (const int shift = 126 - static_cast<int>(magnitude >> 23); shift < 25) {
        half = shift_rounded((magnitude & 0x7fffffU) | 0x800000U, shift);
    }
    return static_cast<std::uint16_t>(sign | half);
}

std::uint8_t to_u8(float value) {
    return static_cast<std::uint8_t>(std::nearbyint(std::clamp(value, 0.0F, 255.0F)));
}

template <typename T, typename Convert>
void convert(const float* values, int n, void* out, Convert to) {
    T* const typed = static_cast<T*>(out);
    for (int i = 0; i < n; ++i) typed[i] = to(values[i]);
}

}  // namespace

void store_row(const float* values, int n, SampleType type, void* out) {
    switch (type) {
        case SampleType::f32:
            std::memcpy(out, values, sizeof(float) * static_cast<std::size_t>(n));
            break;
        case SampleType::f16: convert<std::uint16_t>(values, n, out, to_f16); break;
        case SampleType::bf16: convert<std::uint16_t>(values, n, out, to_bf16); break;
        case SampleType::u8: convert<std::uint8_t>(values, n, out, to_u8); break;
    }
}

void fill_row(float value, int n, SampleType type, void* out) {
    switch (type) {
        case SampleType::f32: std::fill_n(static_cast<float*>(out), n, value); break;
        case SampleType::f16:
            std::fill_n(static_cast<std::uint16_t*>(out), n, to_f16(value));
            break;
        case SampleType::bf16:
            std::fill_n(static_cast<std::uint16_t*>(out), n, to_bf16(value));
            break;
        case SampleType::u8: std::fill_n(static_cast<std::uint8_t*>(out), n, to_u8(value)); break;
    }
}

}  // namespace saccade::vision
