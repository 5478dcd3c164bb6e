// A stream's way to the camera's motion: frame by frame, the work of several at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pipeline/helpers.h"
#include "pipeline/motion.h"
#include "saccade/types.h"

namespace saccade::pipeline {

/// The work on one frame: its picture prepared and, when that of the frame before is as well,
/// compared with it. Whoever comes first does it.
class MotionJob {
  public:
    MotionJob(MotionEstimator& estimator, std::shared_ptr<MotionPicture> picture,
              std::vector<Detection> detections, std::shared_ptr<MotionJob> before)
        : estimator_(estimator),
          picture_(std::move(picture)),
          detections_(std::move(detections)),
          before_(std::move(before)) {}

    /// Any thread: does the work, unless another one does. It waits for the one before to be
    /// prepared, which therefore has been begun by then.
    void run();
    /// Does the work or waits for it.
    Result<std::optional<track::CameraMotion>> finish();

  private:
    enum class State { begun, prepared, done };
    void reach(State state);
    /// Whether it could be prepared.
    bool wait(State state);

    MotionEstimator& estimator_;
    const std::shared_ptr<MotionPicture> picture_;
    const std::vector<Detection> detections_;
    std::shared_ptr<MotionJob> before_;  ///< until it is done
    std::atomic<bool> taken_ = false;
    std::optional<track::CameraMotion> motion_;
    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::begun;
    Result<void> prepared_;
};

/// Track thread.
class MotionLane {
  public:
    /// `helpers` may be none; `streams` share them.
    MotionLane(MotionEstimator& estimator, Helpers* helpers, std::size_t streams = 1)
        : estimator_(estimator),
          helpers_(helpers),
          most_(helpers == nullptr ? 1 : 2 + helpers->count() / std::max<std::size_t>(streams, 1)) {
    }

    /// The work on the next frame, in order; all of it has to be finished, in order.
    std::shared_ptr<MotionJob> begin(std::shared_ptr<MotionPicture> picture,
                                     std::span<const Detection> detections);
    /// There is more to do than one thing: helpers may do what was begun.
    void share();
    Result<std::optional<track::CameraMotion>> finish(MotionJob& job);
    /// The next frame has nothing to do with those before it.
    void cut() noexcept { last_.reset(); }
    /// Frames whose work is begun that it makes sense to have.
    [[nodiscard]] std::size_t most() const noexcept { return most_; }

  private:
    MotionEstimator& estimator_;
    Helpers* const helpers_;
    const std::size_t most_;
    std::shared_ptr<MotionJob> last_;
    std::deque<std::weak_ptr<MotionJob>> alone_;  ///< not shared so far
};

}  // namespace saccade::pipeline
