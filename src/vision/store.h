// Rows of float as other element types.
#pragma once

#include <cstddef>
#include <cstdint>

namespace saccade::vision {

/// Element types a network's input may have.
enum class SampleType : std::uint8_t {
    f32,
    f16,   ///< IEEE half, rounded to nearest, ties to even
    bf16,  ///< likewise
    u8,    ///< rounded to nearest, ties to even, clamped to 0..255
};

[[nodiscard]] constexpr std::size_t size_of(SampleType type) noexcept {
    switch (type) {
        case SampleType::f32: return 4;
        case SampleType::f16:
        case SampleType::bf16: return 2;
        case SampleType::u8: return 1;
    }
    return 0;
}

/// Writes n finite values to `out`.
void store_row(const float* values, int n, SampleType type, void* out);

/// n times the same value.
void fill_row(float value, int n, SampleType type, void* out);

}  // namespace saccade::vision
