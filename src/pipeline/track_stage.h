// A stream's tracker at work: detections in, tracks out, in order.
#pragma once

#include <functional>
#include <optional>

#include "pipeline/items.h"
#include "pipeline/report.h"
#include "track/tracker.h"

namespace saccade::pipeline {

/// Runs on a thread of the caller's until `in` is closed. After a failure it calls `give_up` once
/// and goes on taking frames without tracking them, so that nothing blocks.
class TrackStage {
  public:
    /// `tracker` may be null: then results carry detections alone.
    TrackStage(track::Tracker* tracker, DetectedQueue& in, TrackedQueue& out,
               std::function<void()> give_up)
        : tracker_(tracker), in_(in), out_(out), give_up_(std::move(give_up)) {}

    void run();

    /// After run().
    void report(StreamReport& report) const { report.track = times_; }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

  private:
    track::Tracker* tracker_;
    DetectedQueue& in_;
    TrackedQueue& out_;
    std::function<void()> give_up_;
    Histogram times_;
    std::optional<Error> error_;
};

}  // namespace saccade::pipeline
