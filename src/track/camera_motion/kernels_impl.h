// The kernels themselves, compiled once for each instruction set: kernels.cpp, kernels_avx2.cpp. To
// be included by these alone. Loops over rows are left to the compiler's vectoriser; the flow's
// short windows are written with vectors of 8 floats, which it splits where the processor's are
// shorter.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "track/camera_motion/kernels.h"

namespace saccade::track {
namespace {

void add_row(const std::uint8_t* row, int n, std::uint16_t* sums) {
    for (int i = 0; i < n; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + row[i]);
}

/// Division by factor^2 as a product: exact, since 256 * factor^4 < 2^22 for factors up to 11.
template <int factor>
void mean_of(const std::uint16_t* sums, int n, std::uint8_t* to) {
    constexpr std::uint32_t count = factor * factor, inverse = (1U << 22U) / count + 1;
    for (int x = 0; x < n; ++x) {
        std::uint32_t sum = count / 2;
        for (int dx = 0; dx < factor; ++dx) sum += sums[x * factor + dx];
        to[x] = static_cast<std::uint8_t>(sum * inverse >> 22U);
    }
}

void mean_across(const std::uint16_t* sums, int factor, int n, std::uint8_t* to) {
    switch (factor) {
        case 2: return mean_of<2>(sums, n, to);
        case 3: return mean_of<3>(sums, n, to);
        case 5: return mean_of<5>(sums, n, to);
        case 9: return mean_of<9>(sums, n, to);
        default: break;
    }
    const auto count = static_cast<std::uint32_t>(factor * factor);
    for (int x = 0; x < n; ++x) {
        std::uint32_t sum = count / 2;
        for (int dx = 0; dx < factor; ++dx) sum += sums[x * factor + dx];
        to[x] = static_cast<std::uint8_t>(sum / count);
    }
}

/// (The vectoriser believes `restrict` of parameters alone.)
__attribute__((noinline)) void multiply_row(
    const std::uint8_t* __restrict row, const std::uint8_t* __restrict above,
    const std::uint8_t* __restrict below, int n, std::int32_t* __restrict xx,
    std::int32_t* __restrict xy, std::int32_t* __restrict yy, std::int32_t* __restrict sum_xx,
    std::int32_t* __restrict sum_xy, std::int32_t* __restrict sum_yy) {
    for (int x = 0; x < n; ++x) {
        const std::int32_t gx = row[x + 1] - row[x - 1], gy = below[x] - above[x];
        const std::int32_t a = gx * gx, b = gx * gy, c = gy * gy;
        sum_xx[x] += a - xx[x];
        sum_xy[x] += b - xy[x];
        sum_yy[x] += c - yy[x];
        xx[x] = a, xy[x] = b, yy[x] = c;
    }
}

void multiply(const std::uint8_t* row, const std::uint8_t* above, const std::uint8_t* below, int n,
              MotionKernels::Products products, MotionKernels::Products sums) {
    multiply_row(row, above, below, n, products.xx, products.xy, products.yy, sums.xx, sums.xy,
                 sums.yy);
}

void eigenvalues(MotionKernels::Products sums, int n, float* values) {
    const auto across = [](const std::int32_t* s) {
        return static_cast<float>(s[-2] + s[-1] + s[0] + s[1] + s[2]);
    };
    const std::int32_t* __restrict sxx = sums.xx;
    const std::int32_t* __restrict sxy = sums.xy;
    const std::int32_t* __restrict syy = sums.yy;
    float* __restrict to = values;
    for (int x = 0; x < n; ++x) {
        const float xx = across(sxx + x), xy = across(sxy + x), yy = across(syy + x);
        const float half = 0.5F * (xx - yy);
        to[x] = 0.5F * (xx + yy) - std::sqrt(half * half + xy * xy);
    }
}

void to_float(const std::uint8_t* row, int n, float* to) {
    for (int i = 0; i < n; ++i) to[i] = row[i];
}

using Floats = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(32)));
constexpr int width = 8;

#define SACCADE_INLINE inline __attribute__((always_inline))

SACCADE_INLINE void store(float* to, const Floats& from) {
    std::memcpy(to, &from, sizeof from);
}
SACCADE_INLINE void load(const float* from, Floats& to) {
    std::memcpy(&to, from, sizeof to);
}
/// Lane by lane from the first.
SACCADE_INLINE float sum(const Floats& v) {
    float s = 0;
    for (int i = 0; i < width; ++i) s += v[i];
    return s;
}

/// Rows of samples next to one another, a fraction to the right of whole pixels.
struct Row {
    Floats left, right;
};
SACCADE_INLINE void across(const float* at, const Floats& fraction, Row& row) {
    Floats a, b, next_a, next_b;
    load(at, a);
    load(at + width, b);
    load(at + 1, next_a);
    load(at + width + 1, next_b);
    row.left = a + fraction * (next_a - a);
    row.right = b + fraction * (next_b - b);
}

/// Where the window of half-width r begins, and by how much its samples lie beside whole pixels.
struct Place {
    const float* first;
    float right, down;
};
SACCADE_INLINE Place place(const float* picture, std::ptrdiff_t stride, Point p, int r) {
    const float fx = std::floor(p.x), fy = std::floor(p.y);
    return {picture + (static_cast<std::ptrdiff_t>(fy) - r) * stride +
                (static_cast<std::ptrdiff_t>(fx) - r),
            p.x - fx, p.y - fy};
}

SACCADE_INLINE Floats spread(float value) {
    return Floats{} + value;
}

void window(const float* picture, std::ptrdiff_t stride, Point p, FlowWindow& out) {
    constexpr int size = FlowWindow::size, wide = size + 2, lanes = FlowWindow::lanes + width;
    const Place at = place(picture, stride, p, flow_radius + 1);
    const Floats right = spread(at.right), down = spread(at.down);
    alignas(32) float samples[wide][lanes] = {};  // the last eight of a row stay 0
    Row above;
    across(at.first, right, above);
    for (int i = 0; i < wide; ++i) {
        Row below;
        across(at.first + (i + 1) * stride, right, below);
        store(samples[i], above.left + down * (below.left - above.left));
        store(samples[i] + width, above.right + down * (below.right - above.right));
        above = below;
    }
    Floats xx[2] = {}, xy[2] = {}, yy[2] = {};
    // The window's last lanes, which count for nothing: 3 of the second vector do.
    constexpr int used = size - width;
    Ints keep = {};
    for (int i = 0; i < used; ++i) keep[i] = -1;
    const Floats half = spread(0.5F);
    for (int i = 0; i < size; ++i) {
        for (int k = 0; k < 2; ++k) {
            const int j = k * width;
            Floats west, east, north, south, middle;
            load(samples[i + 1] + j, west);
            load(samples[i + 1] + j + 1, middle);
            load(samples[i + 1] + j + 2, east);
            load(samples[i] + j + 1, north);
            load(samples[i + 2] + j + 1, south);
            Floats gx = half * (east - west), gy = half * (south - north);
            if (k == 1) {
                gx = reinterpret_cast<Floats>(reinterpret_cast<Ints>(gx) & keep);
                gy = reinterpret_cast<Floats>(reinterpret_cast<Ints>(gy) & keep);
            }
            store(out.value[i] + j, middle);
            store(out.gx[i] + j, gx);
            store(out.gy[i] + j, gy);
            xx[k] += gx * gx;
            xy[k] += gx * gy;
            yy[k] += gy * gy;
        }
    }
    out.xx = sum(xx[0] + xx[1]);
    out.xy = sum(xy[0] + xy[1]);
    out.yy = sum(yy[0] + yy[1]);
}

FlowStep step(const FlowWindow& before, const float* picture, std::ptrdiff_t stride, Point q) {
    constexpr int size = FlowWindow::size, used = size - width;
    const Place at = place(picture, stride, q, flow_radius);
    const Floats right = spread(at.right), down = spread(at.down);
    Ints magnitude = {}, magnitude_kept = {};  // without the sign, and 0 behind the window
    for (int i = 0; i < width; ++i) {
        magnitude[i] = 0x7FFFFFFF;
        magnitude_kept[i] = i < used ? 0x7FFFFFFF : 0;
    }
    Floats bx = {}, by = {}, difference = {};
    Row above;
    across(at.first, right, above);
    for (int i = 0; i < size; ++i) {
        Row below;
        across(at.first + (i + 1) * stride, right, below);
        Floats value, gx, gy;
        load(before.value[i], value);
        load(before.gx[i], gx);
        load(before.gy[i], gy);
        const Floats d = value - (above.left + down * (below.left - above.left));
        bx += d * gx;
        by += d * gy;
        difference += reinterpret_cast<Floats>(reinterpret_cast<Ints>(d) & magnitude);
        load(before.value[i] + width, value);
        load(before.gx[i] + width, gx);
        load(before.gy[i] + width, gy);
        const Floats e = value - (above.right + down * (below.right - above.right));
        bx += e * gx;
        by += e * gy;
        difference += reinterpret_cast<Floats>(reinterpret_cast<Ints>(e) & magnitude_kept);
        above = below;
    }
    return {sum(bx), sum(by), sum(difference)};
}

#undef SACCADE_INLINE

}  // namespace
}  // namespace saccade::track
