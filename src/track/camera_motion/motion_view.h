// One picture as the camera's motion needs it: shrunk, as a pyramid, with its corners.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "saccade/types.h"
#include "track/camera_motion/corners.h"
#include "track/camera_motion/fit_motion.h"
#include "track/camera_motion/luma.h"
#include "track/camera_motion/optical_flow.h"
#include "track/tracker.h"

namespace saccade::track {

/// The whole factor that a picture is shrunk by before anything is looked for in it, so that it has
/// 480 rows or fewer: 1 to 16. 0 where nothing would be left.
[[nodiscard]] int motion_factor(int width, int height) noexcept;

/// What is made of a picture follows from it and its detections alone, and a motion from two views
/// alone: views of one stream may be made in any order, and compared in any. Memory is kept from
/// picture to picture. One thread at a time; `before` of since() may be read by several.
class MotionView {
  public:
    /// `small` shows the whole frame; sx and sy are px of the frame for one of the small picture.
    /// No corner is looked for on `detections`, in px of the frame: they move by themselves.
    void look(const LumaView& small, double sx, double sy, std::span<const Detection> detections);

    /// How the picture moved since `before`, in px of the frame. Nothing where the sizes differ,
    /// and where too little stands still to tell (a cut, a wall without texture).
    [[nodiscard]] std::optional<CameraMotion> since(const MotionView& before);

  private:
    LumaPyramid pyramid_;
    double sx_ = 1, sy_ = 1;
    std::vector<Point> corners_;
    CornerFinder finder_;
    std::vector<Box> masked_;
    MotionFitter fitter_;
    std::vector<FlowPair> pairs_;
};

}  // namespace saccade::track
