// One device at work: batches in, detections out to the streams they belong to.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "detect/detector.h"
#include "pipeline/batcher.h"
#include "pipeline/items.h"
#include "pipeline/report.h"
#include "pipeline/trace_device.h"

namespace saccade::pipeline {

/// Which queue a stream's detections go to. Any thread.
class Router {
  public:
    void add(std::uint32_t stream, DetectedQueue& queue);
    void remove(std::uint32_t stream);
    /// Never blocks for long: the batcher's credit is the queue's capacity.
    void deliver(Detected detected);

  private:
    std::mutex mutex_;
    std::map<std::uint32_t, DetectedQueue*> queues_;
};

/// Runs the detector on a thread of the caller's.
class InferStage {
  public:
    /// `number` is the device's, for the tracer, which may be none.
    InferStage(detect::Detector& detector, std::size_t batch, const BatcherOptions& options,
               Tracer* tracer = nullptr, std::uint32_t number = 0)
        : detector_(detector),
          batch_(batch),
          batcher_(options),
          tracer_(tracer),
          number_(number) {}

    /// Until the batcher is shut down and drained, or the detector fails.
    void run();

    [[nodiscard]] const detect::DetectorInfo& detector_info() const noexcept {
        return detector_.info();
    }
    [[nodiscard]] Batcher& batcher() noexcept { return batcher_; }
    [[nodiscard]] Router& router() noexcept { return router_; }

    /// Only after run() has returned.
    [[nodiscard]] DeviceReport report() const;
    /// The detector's failure. After a cancelled batcher told of it, or after run().
    [[nodiscard]] std::optional<Error> error() const;

  private:
    Result<void> collect(DeviceTrace& trace);
    void fail_with(Error error);

    detect::Detector& detector_;
    const std::size_t batch_;
    Batcher batcher_;
    Tracer* const tracer_;
    const std::uint32_t number_;
    Router router_;
    std::deque<std::vector<Item>> under_way_;
    std::uint64_t frames_ = 0, batches_ = 0;
    Histogram idle_;
    mutable std::mutex error_mutex_;
    std::optional<Error> error_;
};

}  // namespace saccade::pipeline
