#include "track/camera_motion/camera_motion.h"

namespace saccade::track {

std::optional<CameraMotion> CameraMotionEstimator::estimate(const LumaView& luma, int frame_width,
                                                            int frame_height,
                                                            std::span<const Detection> detections) {
    const int factor = motion_factor(luma.width, luma.height);
    if (factor == 0) {
        reset();
        return std::nullopt;
    }
    shrink(luma, factor, small_);
    // Px of the frame for one of the small picture, without the rest that shrinking left out.
    const double sx = static_cast<double>(frame_width) * factor / luma.width;
    const double sy = static_cast<double>(frame_height) * factor / luma.height;
    const MotionView& before = views_[latest_];
    MotionView& now = views_[latest_ ^= 1];
    now.look(small_.view(), sx, sy, detections);
    std::optional<CameraMotion> motion;
    if (has_before_) motion = now.since(before);
    has_before_ = true;
    return motion;
}

void CameraMotionEstimator::reset() {
    has_before_ = false;
}

}  // namespace saccade::track
