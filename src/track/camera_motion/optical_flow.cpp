#include "track/camera_motion/optical_flow.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

constexpr int radius = flow_radius, size = FlowWindow::size;
constexpr int max_steps = 12;
constexpr float close_enough = 0.02F;  // px
constexpr float max_difference = 12;   // grey levels

/// Whether a window of half-width `r` around `p`, and one pixel more for the interpolation, lies in
/// the picture.
bool within(const LumaSamples& picture, Point p, int r) {
    const auto margin = static_cast<float>(r);
    return p.x >= margin && p.y >= margin && p.x < static_cast<float>(picture.width - 1) - margin &&
           p.y < static_cast<float>(picture.height - 1) - margin;
}

enum class Outcome { found, lost };

/// Moves `q` in `after` to where the window around `p` in `before` is. `difference` becomes the
/// mean absolute one of the two windows.
Outcome refine(const LumaSamples& before, const LumaSamples& after, Point p, Point& q,
               float& difference) {
    if (!within(before, p, radius + 1)) return Outcome::lost;
    const MotionKernels& kernels = motion_kernels();
    FlowWindow window;
    kernels.window(before.data.data(), before.width, p, window);
    const float xx = window.xx, xy = window.xy, yy = window.yy;
    const float determinant = xx * yy - xy * xy;
    if (!(determinant > 1e-3F * (xx + yy) * (xx + yy))) return Outcome::lost;  // an edge at best

    for (int i = 0; i < max_steps; ++i) {
        if (!within(after, q, radius)) return Outcome::lost;
        const FlowStep step = kernels.step(window, after.data.data(), after.width, q);
        difference = step.difference / (size * size);
        const float dx = (yy * step.bx - xy * step.by) / determinant;
        const float dy = (xx * step.by - xy * step.bx) / determinant;
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
            outcome = refine(before.samples(level), after.samples(level), at, q, difference);
            // A coarse level may fail, near the border say: the next finer one begins afresh from
            // what is known.
            if (outcome == Outcome::lost) continue;
            dx = (q.x - at.x) / scale, dy = (q.y - at.y) / scale;
        }
        if (outcome == Outcome::lost || difference > max_difference) continue;
        const Point to{p.x + dx, p.y + dy};
        if (within(after.samples(0), to, 0)) pairs.push_back({p, to});
    }
}

}  // namespace saccade::track
