// How the camera moved from frame to frame, seen in what stands still.
#pragma once

#include <optional>
#include <span>

#include "saccade/types.h"
#include "track/camera_motion/luma.h"
#include "track/camera_motion/motion_view.h"
#include "track/tracker.h"

namespace saccade::track {

/// Sparse optical flow on the luma: corners outside of the detections are followed from the frame
/// before, and most of them agree on one similarity. One stream, one thread at a time, frame by
/// frame (several at once: MotionView). Pictures that are larger than 480 rows are shrunk by whole
/// factors first, so any size may be handed in.
class CameraMotionEstimator {
  public:
    /// `luma` shows the whole frame, which is frame_width x frame_height px; `detections` and the
    /// motion are in px of the frame. Nothing at the first frame, after a change of size, and where
    /// too little stands still to tell (a cut, a wall without texture).
    [[nodiscard]] std::optional<CameraMotion> estimate(const LumaView& luma, int frame_width,
                                                       int frame_height,
                                                       std::span<const Detection> detections);
    /// Forgets the frame before.
    void reset();

  private:
    LumaImage small_;
    MotionView views_[2];
    int latest_ = 0;  ///< of views_
    bool has_before_ = false;
};

}  // namespace saccade::track
