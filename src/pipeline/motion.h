// How the camera moved, for a stream's tracker: what is taken of each picture, and what is made of
// it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "core/frame.h"
#include "saccade/error.h"
#include "track/tracker.h"

namespace saccade::pipeline {

/// What the camera's motion needs of one picture, taken from it early, where it lies, so that the
/// picture itself can go long before its turn comes. It may outlive the estimator. One thread at a
/// time.
class MotionPicture {
  public:
    MotionPicture() = default;
    MotionPicture(const MotionPicture&) = delete;
    MotionPicture& operator=(const MotionPicture&) = delete;
    virtual ~MotionPicture() = default;

    /// The picture has to wait for its turn: whatever is scarce (its pixels, pinned memory) is let
    /// go of.
    virtual void put_by() = 0;
    /// Of host memory, while it waits.
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;
};

/// Estimates how the camera moved from one frame of a stream to the next. What is made of a picture
/// depends on it and on its detections alone, and a motion on two pictures alone: so all may be
/// done in any order, on any thread, several at once, and gives the same.
class MotionEstimator {
  public:
    MotionEstimator() = default;
    MotionEstimator(const MotionEstimator&) = delete;
    MotionEstimator& operator=(const MotionEstimator&) = delete;
    virtual ~MotionEstimator() = default;

    /// Decoder's thread. None where nothing can be seen in the frame: the next one is then compared
    /// with the one before. A failure is the stream's.
    virtual Result<std::shared_ptr<MotionPicture>> take(const Frame& frame) = 0;
    /// Once a picture. `detections`, in px of the frame, move by themselves.
    virtual Result<void> prepare(MotionPicture& picture, std::span<const Detection> detections) = 0;
    /// Of two prepared pictures, of which `before` may be looked at by others too. Nothing where it
    /// can't be told.
    virtual std::optional<track::CameraMotion> between(const MotionPicture& before,
                                                       MotionPicture& after) = 0;
};

}  // namespace saccade::pipeline
