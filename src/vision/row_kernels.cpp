#include "vision/row_kernels.h"

#include <cstring>

namespace saccade::vision {
namespace {

std::int16_t q15(const std::uint8_t* byte) {
    return static_cast<std::int16_t>(*byte << 7);
}

std::int16_t q15(const std::uint8_t* row, int i, WordShift shift) {
    std::uint16_t word = 0;  // rows need not be aligned
    std::memcpy(&word, row + 2 * static_cast<std::ptrdiff_t>(i), sizeof word);
    return static_cast<std::int16_t>(((word << shift.left) >> shift.right) & 0x7fe0);
}

void down_u8(const std::uint8_t* a, const std::uint8_t* b, int weight, int n, std::int16_t* out) {
    for (int i = 0; i < n; ++i) out[i] = blend_down(q15(a + i), q15(b + i), weight);
}

void down_u16(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift, int n,
              std::int16_t* out) {
    for (int i = 0; i < n; ++i) out[i] = blend_down(q15(a, i, shift), q15(b, i, shift), weight);
}

void down_pairs_u8(const std::uint8_t* a, const std::uint8_t* b, int weight, int n, std::int16_t* u,
                   std::int16_t* v) {
    for (int i = 0; i < n; ++i) {
        u[i] = blend_down(q15(a + 2 * i), q15(b + 2 * i), weight);
        v[i] = blend_down(q15(a + 2 * i + 1), q15(b + 2 * i + 1), weight);
    }
}

void down_pairs_u16(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift,
                    int n, std::int16_t* u, std::int16_t* v) {
    for (int i = 0; i < n; ++i) {
        u[i] = blend_down(q15(a, 2 * i, shift), q15(b, 2 * i, shift), weight);
        v[i] = blend_down(q15(a, 2 * i + 1, shift), q15(b, 2 * i + 1, shift), weight);
    }
}

/// Output i of a row whose neighbouring samples are `stride` apart.
float mix(const std::int16_t* row, const AcrossPlan& plan, int i, int stride = 1) {
    const auto k = static_cast<std::size_t>(i);
    const std::int16_t* left = row + static_cast<std::ptrdiff_t>(plan.index[k]) * stride;
    return mix_across(left[0], left[stride], plan.weights[k] >> 16);
}

void put(const Rgb& pixel, RgbRow out, int i) {
    out.r[i] = pixel.r;
    out.g[i] = pixel.g;
    out.b[i] = pixel.b;
}

void mix_yuv(const std::int16_t* y, const AcrossPlan& luma, const std::int16_t* u,
             const std::int16_t* v, const AcrossPlan& chroma, const ColorTransform& color,
             RgbRow out) {
    for (int i = 0; i < luma.count; ++i) {
        put(to_rgb(color, mix(y, luma, i), mix(u, chroma, i), mix(v, chroma, i)), out, i);
    }
}

void mix_rgb(const std::int16_t* rgb, const AcrossPlan& plan, const ColorTransform& color,
             RgbRow out) {
    for (int i = 0; i < plan.count; ++i) {
        put(to_rgb(color, mix(rgb, plan, i, 3), mix(rgb + 1, plan, i, 3), mix(rgb + 2, plan, i, 3)),
            out, i);
    }
}

void mix_gray(const std::int16_t* y, const AcrossPlan& plan, const ColorTransform& color,
              RgbRow out) {
    for (int i = 0; i < plan.count; ++i) {
        const float value = mix(y, plan, i);
        put(to_rgb(color, value, value, value), out, i);
    }
}

}  // namespace

const RowKernels scalar_row_kernels{down_u8, down_u16, down_pairs_u8, down_pairs_u16,
                                    mix_yuv, mix_rgb,  mix_gray};

AcrossPlan::AcrossPlan(std::span<const Tap> taps) : count(static_cast<int>(taps.size())) {
    const std::size_t blocks = (taps.size() + block - 1) / block;
    windowed = true;
    for (std::size_t i = 0; i < blocks * block; ++i) {
        const Tap& tap = taps[i < taps.size() ? i : taps.size() - 1];
        index.push_back(tap.index);
        weights.push_back((tap.weight << 16) | ((1 << across_bits) - tap.weight));
        if (i % block == 0) first.push_back(tap.index);
        const int offset = tap.index - first.back();
        windowed = windowed && offset + 1 < window;
        picks.push_back(static_cast<std::uint16_t>(offset));
        picks.push_back(static_cast<std::uint16_t>(offset + 1));
    }
}

const RowKernels& row_kernels(Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return avx512_row_kernels;
    if (isa == Isa::avx2) return avx2_row_kernels;
#else
    (void)isa;
#endif
    return scalar_row_kernels;
}

}  // namespace saccade::vision
