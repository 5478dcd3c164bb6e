// AVX2: 16 samples down, 8 pixels across by gathers. FMA is left out on purpose: see sampling.h.
#if defined(__x86_64__)

#include <immintrin.h>

#include "vision/row_kernels.h"

#pragma GCC push_options
#pragma GCC target("avx2")

namespace saccade::vision {
namespace {

__m256i load(const void* p) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(p));
}
void store(void* p, __m256i x) {
    _mm256_storeu_si256(static_cast<__m256i*>(p), x);
}

__m256i blend(__m256i a, __m256i b, __m256i weight) {
    return _mm256_add_epi16(a, _mm256_mulhrs_epi16(_mm256_sub_epi16(b, a), weight));
}

/// 16 bytes as Q15.
__m256i bytes(const std::uint8_t* p) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_slli_epi16(_mm256_cvtepu8_epi16(x), 7);
}

void down_u8(const std::uint8_t* a, const std::uint8_t* b, int weight, int n, std::int16_t* out) {
    const __m256i w = _mm256_set1_epi16(static_cast<short>(weight));
    int i = 0;
    for (; i + 16 <= n; i += 16) store(out + i, blend(bytes(a + i), bytes(b + i), w));
    scalar_row_kernels.down_u8(a + i, b + i, weight, n - i, out + i);
}

class Words {
  public:
    explicit Words(WordShift shift)
        : left_(_mm_cvtsi32_si128(shift.left)), right_(_mm_cvtsi32_si128(shift.right)) {}
    __m256i operator()(const std::uint8_t* p) const {
        const __m256i shifted = _mm256_srl_epi16(_mm256_sll_epi16(load(p), left_), right_);
        return _mm256_and_si256(shifted, _mm256_set1_epi16(0x7fe0));
    }

  private:
    __m128i left_, right_;
};

void down_u16(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift, int n,
              std::int16_t* out) {
    const __m256i w = _mm256_set1_epi16(static_cast<short>(weight));
    const Words words(shift);
    int i = 0;
    for (; i + 16 <= n; i += 16) store(out + i, blend(words(a + 2 * i), words(b + 2 * i), w));
    scalar_row_kernels.down_u16(a + 2 * i, b + 2 * i, weight, shift, n - i, out + i);
}

void down_pairs_u8(const std::uint8_t* a, const std::uint8_t* b, int weight, int n, std::int16_t* u,
                   std::int16_t* v) {
    const __m256i w = _mm256_set1_epi16(static_cast<short>(weight));
    const __m256i low = _mm256_set1_epi16(0x00ff);
    const auto even = [&](__m256i x) { return _mm256_slli_epi16(_mm256_and_si256(x, low), 7); };
    const auto odd = [&](__m256i x) { return _mm256_slli_epi16(_mm256_srli_epi16(x, 8), 7); };
    int i = 0;
    for (; i + 16 <= n; i += 16) {
        const __m256i x = load(a + 2 * i), y = load(b + 2 * i);
        store(u + i, blend(even(x), even(y), w));
        store(v + i, blend(odd(x), odd(y), w));
    }
    scalar_row_kernels.down_pairs_u8(a + 2 * i, b + 2 * i, weight, n - i, u + i, v + i);
}

/// Sixteen words out of the low halves of sixteen, whose high halves are 0.
__m256i join(__m256i x, __m256i y) {
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(x, y), 0xd8);
}

void down_pairs_u16(const std::uint8_t* a, const std::uint8_t* b, int weight, WordShift shift,
                    int n, std::int16_t* u, std::int16_t* v) {
    const __m256i w = _mm256_set1_epi16(static_cast<short>(weight));
    const __m256i low = _mm256_set1_epi32(0xffff);
    const Words words(shift);
    int i = 0;
    for (; i + 16 <= n; i += 16) {
        const __m256i x = blend(words(a + 4 * i), words(b + 4 * i), w);
        const __m256i y = blend(words(a + 4 * i + 32), words(b + 4 * i + 32), w);
        store(u + i, join(_mm256_and_si256(x, low), _mm256_and_si256(y, low)));
        store(v + i, join(_mm256_srli_epi32(x, 16), _mm256_srli_epi32(y, 16)));
    }
    scalar_row_kernels.down_pairs_u16(a + 4 * i, b + 4 * i, weight, shift, n - i, u + i, v + i);
}

/// The pairs of samples that begin at word `index`.
__m256i gather(const std::int16_t* row, __m256i index) {
    return _mm256_i32gather_epi32(reinterpret_cast<const int*>(row), index, 2);
}

__m256 weighted(__m256i pairs, __m256i weights) {
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, weights));
}

/// The first min(n, 8) floats.
void put(float* out, __m256 x, int n) {
    if (n >= 8) {
        _mm256_storeu_ps(out, x);
    } else {
        const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_maskstore_ps(out, _mm256_cmpgt_epi32(_mm256_set1_epi32(n), lane), x);
    }
}

__m256 clamped(__m256 x, __m256 limit) {
    return _mm256_min_ps(_mm256_max_ps(x, _mm256_setzero_ps()), limit);
}

void mix_yuv(const std::int16_t* y, const AcrossPlan& luma, const std::int16_t* u,
             const std::int16_t* v, const AcrossPlan& chroma, const ColorTransform& color,
             RgbRow out) {
    __m256 c[8];
    for (int k = 0; k < 8; ++k) c[k] = _mm256_set1_ps(color.c[k]);
    const __m256 limit = _mm256_set1_ps(color.limit);
    for (int i = 0; i < luma.count; i += 8) {
        const __m256i index = load(chroma.index.data() + i);
        const __m256i weights = load(chroma.weights.data() + i);
        const __m256 fy = _mm256_mul_ps(
            weighted(gather(y, load(luma.index.data() + i)), load(luma.weights.data() + i)), c[0]);
        const __m256 fu = weighted(gather(u, index), weights);
        const __m256 fv = weighted(gather(v, index), weights);
        const __m256 r = _mm256_add_ps(_mm256_add_ps(fy, c[1]), _mm256_mul_ps(fv, c[2]));
        const __m256 g =
            _mm256_add_ps(_mm256_add_ps(_mm256_add_ps(fy, c[3]), _mm256_mul_ps(fu, c[4])),
                          _mm256_mul_ps(fv, c[5]));
        const __m256 b = _mm256_add_ps(_mm256_add_ps(fy, c[6]), _mm256_mul_ps(fu, c[7]));
        put(out.r + i, clamped(r, limit), luma.count - i);
        put(out.g + i, clamped(g, limit), luma.count - i);
        put(out.b + i, clamped(b, limit), luma.count - i);
    }
}

void mix_rgb(const std::int16_t* rgb, const AcrossPlan& plan, const ColorTransform& color,
             RgbRow out) {
    const __m256 scale = _mm256_set1_ps(color.c[0]), limit = _mm256_set1_ps(color.limit);
    const auto finish = [&](__m256i pairs, __m256i weights) {
        return clamped(_mm256_mul_ps(weighted(pairs, weights), scale), limit);
    };
    for (int i = 0; i < plan.count; i += 8) {
        const __m256i at = load(plan.index.data() + i);
        const __m256i index = _mm256_add_epi32(at, _mm256_slli_epi32(at, 1));
        const __m256i weights = load(plan.weights.data() + i);
        const __m256i swapped =
            _mm256_or_si256(_mm256_srli_epi32(weights, 16), _mm256_slli_epi32(weights, 16));
        const __m256i r0g0 = gather(rgb, index), b0r1 = gather(rgb + 2, index);
        const __m256i g1b1 = gather(rgb + 4, index);
        put(out.r + i, finish(_mm256_blend_epi16(r0g0, b0r1, 0xaa), weights), plan.count - i);
        put(out.g + i, finish(_mm256_blend_epi16(g1b1, r0g0, 0xaa), swapped), plan.count - i);
        put(out.b + i, finish(_mm256_blend_epi16(b0r1, g1b1, 0xaa), weights), plan.count - i);
    }
}

void mix_gray(const std::int16_t* y, const AcrossPlan& plan, const ColorTransform& color,
              RgbRow out) {
    const __m256 scale = _mm256_set1_ps(color.c[0]), limit = _mm256_set1_ps(color.limit);
    for (int i = 0; i < plan.count; i += 8) {
        const __m256i pairs = gather(y, load(plan.index.data() + i));
        const __m256 value =
            clamped(_mm256_mul_ps(weighted(pairs, load(plan.weights.data() + i)), scale), limit);
        for (float* plane : {out.r, out.g, out.b}) put(plane + i, value, plan.count - i);
    }
}

}  // namespace

const RowKernels avx2_row_kernels{down_u8, down_u16, down_pairs_u8, down_pairs_u16,
                                  mix_yuv, mix_rgb,  mix_gray};

}  // namespace saccade::vision

#pragma GCC pop_options
#endif
