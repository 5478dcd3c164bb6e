#include "track/camera_motion/optical_flow.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

constexpr int radius = flow_radius, size = 2 * radius + 1;
constexpr int max_steps = 12;
constexpr float close_enough = 0.02F;  // px
constexpr float max_difference = 12;   // grey levels

/// A square of `n` x `n` samples around a point between pixels.
template <int n>
struct Patch {
    float at[n][n];
};

/// Whether a window of half-width `r` around `p`, and one pixel more for the interpolation, lies in
/// the picture.
bool within(const LumaView& picture, Point p, int r) {
    const auto margin = static_cast<float>(r);
    return p.x >= margin && p.y >= margin && p.x < static_cast<float>(picture.width - 1) - margin &&
           p.y < static_cast<float>(picture.height - 1) - margin;
}

/// Bilinear samples; the window must lie within the picture.
template <int n>
void sample(const LumaView& picture, Point p, Patch<n>& patch) {
    const float fx = std::floor(p.x), fy = std::floor(p.y);
    const float a = p.x - fx, b = p.y - fy;
    const float w00 = (1 - a) * (1 - b), w01 = a * (1 - b), w10 = (1 - a) * b, w11 = a * b;
    const int x = static_cast<int>(fx) - n / 2, y = static_cast<int>(fy) - n / 2;
    for (int i = 0; i < n; ++i) {
        const std::uint8_t *top = picture.row(y + i) + x, *bottom = picture.row(y + i + 1) + x;
        for (int j = 0; j < n; ++j) {
            patch.at[i][j] =
                w00 * static_cast<float>(top[j]) + w01 * static_cast<float>(top[j + 1]) +
                w10 * static_cast<float>(bottom[j]) + w11 * static_cast<float>(bottom[j + 1]);
        }
    }
}

enum class Outcome { found, lost };

/// Moves `q` in `after` to where the window around `p` in `before` is. `difference` becomes the
/// mean absolute one of the two windows.
Outcome refine(const LumaView& before, const LumaView& after, Point p, Point& q,
               float& difference) {
    if (!within(before, p, radius + 1)) return Outcome::lost;
    Patch<size + 2> wide;
    sample(before, p, wide);
    Patch<size> gx, gy;
    float xx = 0, xy = 0, yy = 0;
    for (int i = 0; i < size; ++i) {
        for (int j = 0; j < size; ++j) {
            gx.at[i][j] = 0.5F * (wide.at[i + 1][j + 2] - wide.at[i + 1][j]);
            gy.at[i][j] = 0.5F * (wide.at[i + 2][j + 1] - wide.at[i][j + 1]);
            xx += gx.at[i][j] * gx.at[i][j];
            xy += gx.at[i][j] * gy.at[i][j];
            yy += gy.at[i][j] * gy.at[i][j];
        }
    }
    const float determinant = xx * yy - xy * xy;
    if (!(determinant > 1e-3F * (xx + yy) * (xx + yy))) return Outcome::lost;  // an edge at best

    Patch<size> now;
    for (int step = 0; step < max_steps; ++step) {
        if (!within(after, q, radius)) return Outcome::lost;
        sample(after, q, now);
        float bx = 0, by = 0;
        difference = 0;
        for (int i = 0; i < size; ++i) {
            for (int j = 0; j < size; ++j) {
                const float d = wide.at[i + 1][j + 1] - now.at[i][j];
                bx += d * gx.at[i][j];
                by += d * gy.at[i][j];
                difference += std::abs(d);
            }
        }
        difference /= size * size;
        const float dx = (yy * bx - xy * by) / determinant;
        const float dy = (xx * by - xy * bx) / determinant;
        q.x += dx, q.y += dy;
        if (dx * dx + dy * dy < close_enough * close_enough) return Outcome::found;
    }
    return Outcome::lost;
}

}  // namespace

void follow_points(const LumaPyramid& before, const LumaPyramid& after,
                   std::span<const Point> points, std::vector<FlowPair>& pairs) {
    pairs.clear();
    const int levels = std::min(before.levels(), after.levels());
    for (const Point p : points) {
        // Where it is thought to be in `after`, relative to p, in px of level 0.
        float dx = 0, dy = 0, difference = 0;
        Outcome outcome = Outcome::lost;
        for (int level = levels - 1; level >= 0; --level) {
            const float scale = 1.0F / static_cast<float>(1 << level);
            // Middles of pixels: a pixel of a coarser level covers several of level 0.
            const Point at{(p.x + 0.5F) * scale - 0.5F, (p.y + 0.5F) * scale - 0.5F};
            Point q{at.x + dx * scale, at.y + dy * scale};
            outcome = refine(before.level(level), after.level(level), at, q, difference);
            // A coarse level may fail, near the border say: the next finer one begins afresh from
            // what is known.
            if (outcome == Outcome::lost) continue;
            dx = (q.x - at.x) / scale, dy = (q.y - at.y) / scale;
        }
        if (outcome == Outcome::lost || difference > max_difference) continue;
        const Point to{p.x + dx, p.y + dy};
        if (within(after.level(0), to, 0)) pairs.push_back({p, to});
    }
}

}  // namespace saccade::track
