// A stream's outputs at work: results in, files out, in order.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/batcher.h"
#include "pipeline/items.h"
#include "pipeline/pipeline.h"
#include "pipeline/rate.h"
#include "pipeline/report.h"
#include "pipeline/seen_ids.h"
#include "saccade/snapshot.h"
#include "sink/sink.h"

namespace saccade::pipeline {

/// Called on the stream's sink thread for every frame, in order, after its sinks. False: it was
/// given up, since the stream is to stop.
using FrameCallback = std::function<bool(const FrameResult& result, const Frame& frame)>;

/// Runs on a thread of the caller's until `in` is closed, giving each frame's credit back to the
/// batcher. After a failure it calls `give_up` once and goes on taking frames without writing them.
class SinkStage {
  public:
    /// `editor` may be none.
    SinkStage(std::vector<std::unique_ptr<sink::Sink>>& sinks, TrackedQueue& in, Batcher& batcher,
              Progress& progress, FrameCallback on_result, std::function<void()> give_up,
              FrameEditor* editor = nullptr)
        : sinks_(sinks),
          in_(in),
          batcher_(batcher),
          progress_(progress),
          on_result_(std::move(on_result)),
          give_up_(std::move(give_up)),
          editor_(editor) {}

    /// `opened` is when the stream was opened: the first result is timed from it.
    void run(std::chrono::steady_clock::time_point opened, TraceLane* lane = nullptr);

    /// At any time, from any thread.
    void report(StreamReport& report) const;
    void look(StreamSnapshot& snapshot) const;
    /// After run().
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

  private:
    /// False: the caller gave it up.
    Result<bool> write(Tracked& tracked);
    void count(const FrameResult& result);

    std::vector<std::unique_ptr<sink::Sink>>& sinks_;
    TrackedQueue& in_;
    Batcher& batcher_;
    Progress& progress_;
    FrameCallback on_result_;
    std::function<void()> give_up_;
    FrameEditor* editor_;
    mutable std::mutex mutex_;  ///< of the counts, up to ids_
    std::uint64_t frames_ = 0, detections_ = 0, boundaries_ = 0;
    std::int64_t objects_ = 0;  ///< in the latest frame, as told to progress_
    std::chrono::nanoseconds first_result_{0};
    SeenIds ids_;
    Rate rate_;
    Histogram times_, latency_, sender_latency_;
    std::optional<Error> error_;
};

}  // namespace saccade::pipeline
