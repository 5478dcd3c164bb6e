// Runs streams through decode, detection, tracking and sinks, overlapped.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "detect/detector.h"
#include "media/source.h"
#include "pipeline/report.h"
#include "sink/sink.h"
#include "track/tracker.h"

namespace saccade::pipeline {

/// A stream's own parts, made when its turn comes.
struct OpenedStream {
    std::unique_ptr<media::Source> source;
    std::unique_ptr<track::Tracker> tracker;  ///< none where only detections are wanted
    std::vector<std::unique_ptr<sink::Sink>> sinks;
};

/// A stream to run. `open` is called on a thread of the pipeline's, with the stream's number.
struct StreamJob {
    std::string name;
    std::function<Result<OpenedStream>(std::uint32_t stream)> open;
};

struct PipelineOptions {
    std::size_t queue = 32;  ///< capacity of each queue, frames
    std::size_t streams = 1;  ///< run at once; further ones wait their turn
    int batch = 0;            ///< images a batch, 0: the detector's largest
    std::chrono::nanoseconds max_wait = std::chrono::milliseconds(100);
};

/// Read from any thread while the pipeline runs.
struct Progress {
    std::atomic<std::uint64_t> frames{0};    ///< written, all streams
    std::atomic<std::int64_t> objects{0};    ///< tracks (or detections) in the latest frames
    std::atomic<std::uint64_t> streams_done{0};
    std::atomic<std::uint64_t> frames_expected{0};  ///< as containers say; 0 where unknown
};

/// Called on the stream's sink thread for every frame, in order, after its sinks.
using ResultCallback = std::function<void(const std::string& stream, const FrameResult&)>;

/// Runs all jobs over all detectors (streams are shared out in turn) and returns when they are
/// done, have failed, or `stop` was requested: then sources are left, frames under way are written
/// and the outputs finished as interrupted. One failing stream fails alone.
///
/// Threads: one a stream for decoding, one for tracking, one for sinks; one a detector.
RunReport run(std::span<const StreamJob> jobs, std::span<detect::Detector* const> detectors,
              const PipelineOptions& options, std::stop_token stop, Progress& progress,
              const ResultCallback& on_result = {});

}  // namespace saccade::pipeline
