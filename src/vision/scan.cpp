#include "vision/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <bit>

namespace saccade::vision {
namespace {

int scan_scalar(const float* values, int n, float threshold, std::int32_t* out) {
    int count = 0;
    for (int i = 0; i < n; ++i) {
        if (values[i] > threshold) out[count++] = i;
    }
    return count;
}

#if defined(__x86_64__)

/// Hits are rare: 32 values are looked at together before any is singled out.
__attribute__((target("avx2"))) int scan_avx2(const float* values, int n, float threshold,
                                              std::int32_t* out) {
    const __m256 limit = _mm256_set1_ps(threshold);
    int count = 0, i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256 above[4];
        for (int k = 0; k < 4; ++k) {
            above[k] = _mm256_cmp_ps(_mm256_loadu_ps(values + i + 8 * k), limit, _CMP_GT_OQ);
        }
        const __m256 any =
            _mm256_or_ps(_mm256_or_ps(above[0], above[1]), _mm256_or_ps(above[2], above[3]));
        if (_mm256_testz_ps(any, any) != 0) continue;
        for (int k = 0; k < 4; ++k) {
            auto mask = static_cast<unsigned>(_mm256_movemask_ps(above[k]));
            for (; mask != 0; mask &= mask - 1) out[count++] = i + 8 * k + std::countr_zero(mask);
        }
    }
    for (; i < n; ++i) {
        if (values[i] > threshold) out[count++] = i;
    }
    return count;
}

__attribute__((target("avx512f"))) int scan_avx512(const float* values, int n, float threshold,
                                                   std::int32_t* out) {
    const __m512 limit = _mm512_set1_ps(threshold);
    int count = 0, i = 0;
    for (; i + 64 <= n; i += 64) {
        __mmask16 above[4];
        unsigned any = 0;
        for (int k = 0; k < 4; ++k) {
            above[k] = _mm512_cmp_ps_mask(_mm512_loadu_ps(values + i + 16 * k), limit, _CMP_GT_OQ);
            any |= above[k];
        }
        if (any == 0) continue;
        for (int k = 0; k < 4; ++k) {
            for (unsigned mask = above[k]; mask != 0; mask &= mask - 1) {
                out[count++] = i + 16 * k + std::countr_zero(mask);
            }
        }
    }
    for (; i < n; ++i) {
        if (values[i] > threshold) out[count++] = i;
    }
    return count;
}

#endif

}  // namespace

ScanAbove scan_above(Isa isa) noexcept {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return scan_avx512;
    if (isa == Isa::avx2) return scan_avx2;
#else
    (void)isa;
#endif
    return scan_scalar;
}

}  // namespace saccade::vision
