// Camera motion for the pipeline: the small luma of a frame, given to the estimator of src/track.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>

#include "engine/device_luma.h"
#include "pipeline/motion.h"

namespace saccade::engine {

/// The luma is shrunk where the frame lies: on the host 8-bit samples are read where they stand,
/// 10-bit and RGB frames are brought to such first; on a device a kernel does it and gives the same
/// bytes. What is kept for a picture is that, and later what corners and flow need.
class FrameMotion final : public pipeline::MotionEstimator {
  public:
    /// `stop` ends a wait for memory.
    explicit FrameMotion(std::stop_token stop = {});
    ~FrameMotion() override;

    /// Errors: unavailable, out_of_memory, internal (of a frame in device memory).
    Result<std::shared_ptr<pipeline::MotionPicture>> take(const Frame& frame) override;
    Result<void> prepare(pipeline::MotionPicture& picture,
                         std::span<const Detection> detections) override;
    std::optional<track::CameraMotion> between(const pipeline::MotionPicture& before,
                                               pipeline::MotionPicture& after) override;

  private:
    class Picture;
    struct Spare;

    Result<std::shared_ptr<DeviceLuma>> device_luma(int device);
    Result<std::unique_ptr<LumaOnItsWay>> take_on_device(const Frame& frame, int factor);

    const std::stop_token stop_;
    const std::shared_ptr<Spare> spare_;  ///< memory of pictures that are gone
    std::mutex mutex_;
    std::shared_ptr<DeviceLuma> device_luma_;
};

}  // namespace saccade::engine
