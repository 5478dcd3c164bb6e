#include "pipeline/motion_lane.h"

#include <utility>

namespace saccade::pipeline {

void MotionJob::run() {
    if (taken_.exchange(true)) return;
    auto prepared = estimator_.prepare(*picture_, detections_);
    const bool good = prepared.has_value();
    prepared_ = std::move(prepared);
    reach(State::prepared);
    if (before_ != nullptr) {
        if (before_->wait(State::prepared) && good) {
            motion_ = estimator_.between(*before_->picture_, *picture_);
        }
        before_.reset();
    }
    reach(State::done);
}

Result<std::optional<track::CameraMotion>> MotionJob::finish() {
    run();
    if (!wait(State::done)) return fail(prepared_.error());
    return motion_;
}

void MotionJob::reach(State state) {
    {
        const std::lock_guard lock(mutex_);
        state_ = state;
    }
    changed_.notify_all();
}

bool MotionJob::wait(State state) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return state_ >= state; });
    return prepared_.has_value();
}

std::shared_ptr<MotionJob> MotionLane::begin(std::shared_ptr<MotionPicture> picture,
                                             std::span<const Detection> detections) {
    auto job = std::make_shared<MotionJob>(
        estimator_, std::move(picture),
        std::vector<Detection>(detections.begin(), detections.end()), std::move(last_));
    last_ = job;
    alone_.push_back(job);
    return job;
}

void MotionLane::share() {
    if (helpers_ != nullptr) {
        for (auto& job : alone_) {
            helpers_->post([weak = std::move(job)] {
                if (const auto mine = weak.lock()) mine->run();
            });
        }
    }
    alone_.clear();
}

Result<std::optional<track::CameraMotion>> MotionLane::finish(MotionJob& job) {
    auto motion = job.finish();
    if (!alone_.empty() && alone_.front().lock().get() == &job) alone_.pop_front();
    return motion;
}

}  // namespace saccade::pipeline
