// AVX-512: 32 samples down, 16 pixels across, fetched by a permutation of two registers where the
// picture shrinks less than about four times, else by gathers. No FMA on purpose: see sampling.h.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vision/row_kernels.h"

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl")

namespace saccade::vision {
namespace {

__m512i load(const void* p) {
    return _mm512_loadu_si512(p);
}

__mmask32 first_of_32(int n) {
    return n >= 32 ? ~0U : (1U << n) - 1U;
}
__mmask16 first_of_16(int n) {
    return static_cast<__mmask16>(n >= 16 ? 0xffffU : (1U << n) - 1U);
}

__m512i blend(__m512i a, __m512i b, __m512i weight) {
    return _mm512_add_epi16(a, _mm512_mulhrs_epi16(_mm512_sub_epi16(b, a), weight));
}

void down_u8(const std::uint8_t* a, const std::uint8_t* b, int weight, int n, std::int16_t* out) {
    const __m512i w = _mm512_set1_epi16(static_cast<short>(weight));
    for (int i = 0; i < n; i += 32) {
        const __mmask32 mask = first_of_32(n - i);
        const auto bytes = [&](const std::uint8_t* p) {
            return _mm512_slli_epi16(_mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, p)), 7);
        };
        _mm512_mask_storeu_epi16(out + i, mask, blend(bytes(a + i), bytes(b + i), w));
    }
}

class Words {
  public:
    explicit Words(WordShift shift)
        : left_(_mm_cvtsi32_si128(shift.left)), right_(_mm_cvtsi32_si128(shift.right)) {}
    __m512i operator()(__mmask32 mask, const std::uint8_t* p) const {
        const __m512i x = _mm512_maskz_loadu_epi16(mask, p);
        const __m512i shifted = _mm512_srl_epi16(_mm512_sll_epi16(x, left_), right_);
        return _mm512_and_si512(shifted, _mm512_set1_epi16(0x7fe0));
    }

  private:
    __m128i left_, right_;
};

void down_u16(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift, int n,
              std::int16_t* out) {
    const __m512i w = _mm512_set1_epi16(static_cast<short>(weight));
    const Words words(shift);
    for (int i = 0; i < n; i += 32) {
        const __mmask32 mask = first_of_32(n - i);
        _mm512_mask_storeu_epi16(out + i, mask,
                                 blend(words(mask, a + 2 * i), words(mask, b + 2 * i), w));
    }
}

void down_pairs_u8(const std::uint8_t* a, const std::uint8_t* b, int weight, int n, std::int16_t* u,
                   std::int16_t* v) {
    const __m512i w = _mm512_set1_epi16(static_cast<short>(weight));
    const __m512i low = _mm512_set1_epi16(0x00ff);
    const auto even = [&](__m512i x) { return _mm512_slli_epi16(_mm512_and_si512(x, low), 7); };
    const auto odd = [&](__m512i x) { return _mm512_slli_epi16(_mm512_srli_epi16(x, 8), 7); };
    for (int i = 0; i < n; i += 32) {
        const __mmask32 mask = first_of_32(n - i);
        const __m512i x = _mm512_maskz_loadu_epi16(mask, a + 2 * i);
        const __m512i y = _mm512_maskz_loadu_epi16(mask, b + 2 * i);
        _mm512_mask_storeu_epi16(u + i, mask, blend(even(x), even(y), w));
        _mm512_mask_storeu_epi16(v + i, mask, blend(odd(x), odd(y), w));
    }
}

void down_pairs_u16(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift,
                    int n, std::int16_t* u, std::int16_t* v) {
    const __m512i w = _mm512_set1_epi16(static_cast<short>(weight));
    const Words words(shift);
    for (int i = 0; i < n; i += 16) {
        const __mmask16 mask = first_of_16(n - i);
        const __mmask32 both = first_of_32(2 * (n - i));
        const __m512i x = blend(words(both, a + 4 * i), words(both, b + 4 * i), w);
        _mm256_mask_storeu_epi16(u + i, mask, _mm512_cvtepi32_epi16(x));
        _mm256_mask_storeu_epi16(v + i, mask, _mm512_cvtepi32_epi16(_mm512_srli_epi32(x, 16)));
    }
}

/// The pairs of samples that begin at word `index`.
__m512i gather(const std::int16_t* row, __m512i index) {
    return _mm512_i32gather_epi32(index, row, 2);
}

/// Sixteen pairs of a row for the outputs from i on.
template <bool windowed>
__m512i fetch(const std::int16_t* row, const AcrossPlan& plan, int i) {
    if constexpr (windowed) {
        const std::int16_t* from =
            row + plan.first[static_cast<std::size_t>(i / AcrossPlan::block)];
        return _mm512_permutex2var_epi16(load(from), load(plan.picks.data() + 2 * i),
                                         load(from + AcrossPlan::window / 2));
    } else {
        return gather(row, load(plan.index.data() + i));
    }
}

__m512 weighted(__m512i pairs, __m512i weights) {
    return _mm512_cvtepi32_ps(_mm512_madd_epi16(pairs, weights));
}

__m512 clamped(__m512 x, __m512 limit) {
    return _mm512_min_ps(_mm512_max_ps(x, _mm512_setzero_ps()), limit);
}

template <bool windowed_luma, bool windowed_chroma>
void mix_yuv_by(const std::int16_t* y, const AcrossPlan& luma, const std::int16_t* u,
                const std::int16_t* v, const AcrossPlan& chroma, const ColorTransform& color,
                RgbRow out) {
    __m512 c[8];
    for (int k = 0; k < 8; ++k) c[k] = _mm512_set1_ps(color.c[k]);
    const __m512 limit = _mm512_set1_ps(color.limit);
    for (int i = 0; i < luma.count; i += 16) {
        const __mmask16 mask = first_of_16(luma.count - i);
        const __m512i weights = load(chroma.weights.data() + i);
        const __m512 fy = _mm512_mul_ps(
            weighted(fetch<windowed_luma>(y, luma, i), load(luma.weights.data() + i)), c[0]);
        const __m512 fu = weighted(fetch<windowed_chroma>(u, chroma, i), weights);
        const __m512 fv = weighted(fetch<windowed_chroma>(v, chroma, i), weights);
        const __m512 r = _mm512_add_ps(_mm512_add_ps(fy, c[1]), _mm512_mul_ps(fv, c[2]));
        const __m512 g =
            _mm512_add_ps(_mm512_add_ps(_mm512_add_ps(fy, c[3]), _mm512_mul_ps(fu, c[4])),
                          _mm512_mul_ps(fv, c[5]));
        const __m512 b = _mm512_add_ps(_mm512_add_ps(fy, c[6]), _mm512_mul_ps(fu, c[7]));
        _mm512_mask_storeu_ps(out.r + i, mask, clamped(r, limit));
        _mm512_mask_storeu_ps(out.g + i, mask, clamped(g, limit));
        _mm512_mask_storeu_ps(out.b + i, mask, clamped(b, limit));
    }
}

void mix_yuv(const std::int16_t* y, const AcrossPlan& luma, const std::int16_t* u,
             const std::int16_t* v, const AcrossPlan& chroma, const ColorTransform& color,
             RgbRow out) {
    if (luma.windowed) {
        chroma.windowed ? mix_yuv_by<true, true>(y, luma, u, v, chroma, color, out)
                        : mix_yuv_by<true, false>(y, luma, u, v, chroma, color, out);
    } else {
        chroma.windowed ? mix_yuv_by<false, true>(y, luma, u, v, chroma, color, out)
                        : mix_yuv_by<false, false>(y, luma, u, v, chroma, color, out);
    }
}

void mix_rgb(const std::int16_t* rgb, const AcrossPlan& plan, const ColorTransform& color,
             RgbRow out) {
    constexpr __mmask32 high = 0xaaaaaaaaU;
    const __m512 scale = _mm512_set1_ps(color.c[0]), limit = _mm512_set1_ps(color.limit);
    const auto finish = [&](__m512i pairs, __m512i weights) {
        return clamped(_mm512_mul_ps(weighted(pairs, weights), scale), limit);
    };
    for (int i = 0; i < plan.count; i += 16) {
        const __mmask16 mask = first_of_16(plan.count - i);
        const __m512i at = load(plan.index.data() + i);
        const __m512i index = _mm512_add_epi32(at, _mm512_slli_epi32(at, 1));
        const __m512i weights = load(plan.weights.data() + i);
        const __m512i swapped = _mm512_rol_epi32(weights, 16);
        const __m512i r0g0 = gather(rgb, index), b0r1 = gather(rgb + 2, index);
        const __m512i g1b1 = gather(rgb + 4, index);
        const auto put = [&](float* plane, __m512i pairs, __m512i by) {
            _mm512_mask_storeu_ps(plane + i, mask, finish(pairs, by));
        };
        put(out.r, _mm512_mask_blend_epi16(high, r0g0, b0r1), weights);
        put(out.g, _mm512_mask_blend_epi16(high, g1b1, r0g0), swapped);
        put(out.b, _mm512_mask_blend_epi16(high, b0r1, g1b1), weights);
    }
}

void mix_gray(const std::int16_t* y, const AcrossPlan& plan, const ColorTransform& color,
              RgbRow out) {
    const __m512 scale = _mm512_set1_ps(color.c[0]), limit = _mm512_set1_ps(color.limit);
    for (int i = 0; i < plan.count; i += 16) {
        const __mmask16 mask = first_of_16(plan.count - i);
        const __m512i pairs = plan.windowed ? fetch<true>(y, plan, i) : fetch<false>(y, plan, i);
        const __m512 value =
            clamped(_mm512_mul_ps(weighted(pairs, load(plan.weights.data() + i)), scale), limit);
        for (float* plane : {out.r, out.g, out.b}) _mm512_mask_storeu_ps(plane + i, mask, value);
    }
}

}  // namespace

const RowKernels avx512_row_kernels{down_u8, down_u16, down_pairs_u8, down_pairs_u16,
                                    mix_yuv, mix_rgb,  mix_gray};

}  // namespace saccade::vision

#pragma GCC pop_options
#endif
