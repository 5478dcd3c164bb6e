#include "track/camera_motion/camera_motion.h"

#include <algorithm>
#include <utility>

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

std::optional<CameraMotion> CameraMotionEstimator::estimate(const LumaView& luma, int frame_width,
                                                            int frame_height,
                                                            std::span<const Detection> detections) {
    const int factor = std::clamp((luma.height + enough_rows - 1) / enough_rows, 1, 16);
    if (luma.width < factor || luma.height < factor) {
        reset();
        return std::nullopt;
    }
    shrink(luma, factor, small_);
    std::swap(before_, after_);
    after_.build(small_.view());
    const LumaView now = after_.level(0), then = has_before_ ? before_.level(0) : LumaView();

    // Px of the frame for one of the small picture, without the rest that shrinking left out.
    const double sx = static_cast<double>(frame_width) * factor / luma.width;
    const double sy = static_cast<double>(frame_height) * factor / luma.height;
    std::optional<CameraMotion> motion;
    if (has_before_ && then.width == now.width && then.height == now.height) {
        follow_points(before_, after_, corners_, pairs_);
        motion = fitter_.fit(pairs_);
        if (motion) motion = in_frame(*motion, sx, sy);
    }

    masked_.clear();
    for (const Detection& d : detections) {
        const Box& b = d.box;
        masked_.push_back(
            {static_cast<float>(b.x1 / sx) - reach, static_cast<float>(b.y1 / sy) - reach,
             static_cast<float>(b.x2 / sx) + reach, static_cast<float>(b.y2 / sy) + reach});
    }
    finder_.find(now, masked_, corners_);
    has_before_ = true;
    return motion;
}

void CameraMotionEstimator::reset() {
    has_before_ = false;
}

}  // namespace saccade::track
