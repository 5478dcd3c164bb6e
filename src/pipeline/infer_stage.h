// One device at work: batches in, detections out to the streams they belong to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "detect/detector.h"
#include "memory/governor.h"
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
    /// Nothing more will be delivered: closes all queues, also those added later.
    void close();
    /// Never blocks for long: the batcher's credit is the queue's capacity.
    void deliver(Detected detected);

  private:
    std::mutex mutex_;
    std::map<std::uint32_t, DetectedQueue*> queues_;
    bool closed_ = false;
};

struct GovernorSetup {
    int batch = 1;  ///< largest
    memory::GovernorOptions options;
    memory::Probe* probe = nullptr;  ///< outlives the stage; may be none
};

/// Runs the detector on a thread of the caller's. Batches are as large as the governor lets them
/// be. One that finds no memory is run again in smaller ones, alone on the device, before any
/// further frame is taken; results leave in the order of their frames, whichever batch they came
/// from. Frames that are carried take no part in batches, but keep their turn.
class InferStage {
  public:
    /// `number` is the device's, for the tracer, which may be none.
    InferStage(detect::Detector& detector, const BatcherOptions& options,
               const GovernorSetup& governor, Tracer* tracer = nullptr, std::uint32_t number = 0)
        : detector_(detector),
          batcher_(options),
          tracer_(tracer),
          number_(number),
          governor_(governor.options, governor.batch, governor.probe, clock_),
          use_(detector.memory()),
          times_(detector.times()) {}

    /// Until the batcher is shut down and drained, or the detector fails.
    void run();

    /// Around the time that a stream is open: keeps the peak of the device's memory, in bytes. Any
    /// thread.
    void open_stream(std::uint32_t stream);
    std::size_t close_stream(std::uint32_t stream);

    [[nodiscard]] const detect::DetectorInfo& detector_info() const noexcept {
        return detector_.info();
    }
    [[nodiscard]] Batcher& batcher() noexcept { return batcher_; }
    [[nodiscard]] Router& router() noexcept { return router_; }

    /// At any time, from any thread: as things stood after the latest batch.
    [[nodiscard]] DeviceReport report() const;
    /// As the governor last read it.
    [[nodiscard]] memory::State memory() const;
    /// The detector's failure. After a cancelled batcher told of it, or after run().
    [[nodiscard]] std::optional<Error> error() const;

  private:
    struct Batch {
        enum class State { waiting, running, done };
        std::vector<Item> items;
        std::vector<detect::Detections> results = {};  ///< of a done one
        State state = State::waiting;
    };
    using Batches = std::list<Batch>;
    using Time = std::chrono::steady_clock::time_point;

    void run_batches();
    std::size_t batch_size();
    Batches::iterator take(DeviceTrace& trace);
    void add(std::vector<Item> items);
    std::vector<Item> next_while_busy(std::size_t size, DeviceTrace& trace);
    Batches::iterator first_waiting();
    void split(Batches::iterator batch);
    Result<void> submit(Batches::iterator batch, DeviceTrace& trace);
    Result<void> collect(DeviceTrace& trace);
    Result<void> out_of_memory(Batch& batch, const Error& error);
    void deliver();
    void fail_with(Error error);

    detect::Detector& detector_;
    const detect::DetectorTimes before_ = detector_.times();  ///< of its warm-up
    Batcher batcher_;
    Tracer* const tracer_;
    const std::uint32_t number_;
    Router router_;
    SteadyClock clock_;
    mutable std::mutex governor_mutex_;  ///< also of use_ and times_
    memory::Governor governor_;
    infer::MemoryUse use_;         ///< of the detector, as last told
    detect::DetectorTimes times_;  ///< likewise
    std::chrono::nanoseconds waited_told_{0};
    Batches batches_;                        ///< in the order of their frames
    std::deque<Batches::iterator> running_;  ///< as submitted
    std::optional<Time> waits_since_;        ///< for the oldest batch, which has got ready
    std::chrono::nanoseconds waited_{0};
    std::atomic<std::uint64_t> frames_{0}, batches_done_{0};
    Histogram idle_;
    mutable std::mutex error_mutex_;
    std::optional<Error> error_;
};

}  // namespace saccade::pipeline
