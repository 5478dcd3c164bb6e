// A stream's outputs at work: results in, files out, in order.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/batcher.h"
#include "pipeline/items.h"
#include "pipeline/pipeline.h"
#include "pipeline/report.h"
#include "sink/sink.h"

namespace saccade::pipeline {

/// Runs on a thread of the caller's until `in` is closed, giving each frame's credit back to the
/// batcher. After a failure it calls `give_up` once and goes on taking frames without writing them.
class SinkStage {
  public:
    SinkStage(std::vector<std::unique_ptr<sink::Sink>>& sinks, TrackedQueue& in, Batcher& batcher,
              Progress& progress, const std::string& name, const ResultCallback& on_result,
              std::function<void()> give_up)
        : sinks_(sinks),
          in_(in),
          batcher_(batcher),
          progress_(progress),
          name_(name),
          on_result_(on_result),
          give_up_(std::move(give_up)) {}

    /// `opened` is when the stream was opened: the first result is timed from it.
    void run(std::chrono::steady_clock::time_point opened, TraceLane* lane = nullptr);

    /// After run().
    void report(StreamReport& report) const;
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

  private:
    Result<void> write(const Tracked& tracked);
    void count(const FrameResult& result);

    std::vector<std::unique_ptr<sink::Sink>>& sinks_;
    TrackedQueue& in_;
    Batcher& batcher_;
    Progress& progress_;
    const std::string& name_;
    const ResultCallback& on_result_;
    std::function<void()> give_up_;
    std::uint64_t frames_ = 0, detections_ = 0;
    std::int64_t objects_ = 0;  ///< in the latest frame, as told to progress_
    std::map<int, std::set<std::int64_t>> ids_by_class_;
    std::chrono::nanoseconds first_result_{0};
    Histogram times_, latency_;
    std::optional<Error> error_;
};

}  // namespace saccade::pipeline
