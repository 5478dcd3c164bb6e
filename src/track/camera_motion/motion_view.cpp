#include "track/camera_motion/motion_view.h"

#include <algorithm>

namespace saccade::track {
namespace {

constexpr int enough_rows = 480;
/// Px around a corner that are looked at when it is followed: none of them shows an object.
constexpr float reach = flow_radius;

/// A motion in px of a small picture, as one in px of the frame. Pixel middles of the small picture
/// are whole numbers there and .5 in the frame, whose corner is (0, 0).
CameraMotion in_frame(const CameraMotion& m, double sx, double sy) {
    CameraMotion out;
    out.a = m.a;
    out.b = m.b * sx / sy;
    out.c = (m.c + 0.5 - 0.5 * m.a - 0.5 * m.b) * sx;
    out.d = m.d * sy / sx;
    out.e = m.e;
    out.f = (m.f + 0.5 - 0.5 * m.d - 0.5 * m.e) * sy;
    return out;
}

}  // namespace

int motion_factor(int width, int height) noexcept {
    const int factor = std::clamp((height + enough_rows - 1) / enough_rows, 1, 16);
    return width < factor || height < factor ? 0 : factor;
}

void MotionView::look(const LumaView& small, double sx, double sy,
                      std::span<const Detection> detections) {
    sx_ = sx, sy_ = sy;
    pyramid_.build(small);
    masked_.clear();
    for (const Detection& d : detections) {
        const Box& b = d.box;
        masked_.push_back(
            {static_cast<float>(b.x1 / sx) - reach, static_cast<float>(b.y1 / sy) - reach,
             static_cast<float>(b.x2 / sx) + reach, static_cast<float>(b.y2 / sy) + reach});
    }
    finder_.find(pyramid_.level(0), masked_, corners_);
}

std::optional<CameraMotion> MotionView::since(const MotionView& before) {
    const LumaView now = pyramid_.level(0), then = before.pyramid_.level(0);
    if (then.width != now.width || then.height != now.height) return std::nullopt;
    follow_points(before.pyramid_, pyramid_, before.corners_, pairs_);
    const auto motion = fitter_.fit(pairs_);
    if (!motion) return std::nullopt;
    return in_frame(*motion, sx_, sy_);
}

}  // namespace saccade::track
