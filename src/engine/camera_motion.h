// Camera motion for the pipeline: the luma of a frame, given to the estimator of src/track.
#pragma once

#include <optional>
#include <span>

#include "pipeline/pipeline.h"
#include "track/camera_motion/camera_motion.h"

namespace saccade::engine {

/// Reads 8-bit luma where it stands; 10-bit and RGB frames are brought to it first. Frames in
/// device memory give nothing.
class FrameMotion final : public pipeline::MotionEstimator {
  public:
    std::optional<track::CameraMotion> estimate(const Frame& frame,
                                                std::span<const Detection> detections) override;
    void reset() override { estimator_.reset(); }

  private:
    [[nodiscard]] track::LumaView luma_of(const Frame& frame);

    track::CameraMotionEstimator estimator_;
    track::LumaImage converted_;
};

}  // namespace saccade::engine
