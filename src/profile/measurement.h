// What one traced run showed: stages, queues, threads, memory.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "profile/sampler.h"
#include "profile/statistics.h"
#include "trace/trace.h"

namespace saccade::profile {

/// The stages that work on frames, in the order a frame passes them.
inline constexpr std::array traced_stages = {Activity::decode,  Activity::preprocess,
                                             Activity::network, Activity::postprocess,
                                             Activity::track,   Activity::sink};
inline constexpr std::size_t stage_count = traced_stages.size();

/// One stage as a server of the pipeline. Times a frame are in milliseconds.
struct Stage {
    std::string name;
    Distribution time;       ///< wall time a frame (that of a batch, shared out)
    double servers = 1;      ///< how many frames or batches it worked on at once at most
    double utilization = 0;  ///< share of the run its servers were at work, 0..1
    double share = 0;        ///< of all stages' work
    double service_ms = 0;   ///< a frame, without the time its thread was kept from a core
    double cpu_ms = 0;       ///< a frame, its own thread and its helpers
};

/// Time a thread lost to another one: a decoder in front of a full queue, say.
struct Waiting {
    std::string name;
    Distribution time;  ///< ms
    double share = 0;   ///< of the thread's life, 0..1
};

/// Depth of the queues of one kind over time, all streams.
struct QueueDepth {
    std::string name;
    std::size_t capacity = 0;    ///< of one stream's
    double mean = 0;             ///< frames, of one stream's
    double empty = 0, full = 0;  ///< share of the time, 0..1
    Distribution wait;           ///< ms a frame spent in it
    std::vector<double> series;  ///< mean depth of all streams in equal steps of the run
};

struct ThreadUse {
    std::string name;
    double cpu_s = 0, delayed_s = 0;
    double share = 0;  ///< of one core over the run
};

/// A frame's path through one stream in seconds of work, for the replay.
struct FrameCost {
    std::array<float, stage_count> seconds{};
};
struct StreamCosts {
    double open = 0, finish = 0;  ///< seconds
    std::vector<FrameCost> frames;
};

/// A few frames' worth of what one thread or slot was at.
struct TimelineLane {
    struct Span {
        Activity activity{};
        double begin = 0, end = 0;  ///< seconds since the start
        std::string label;          ///< such as "stream 0, frame 12"
    };
    std::string name;
    std::vector<Span> spans;
};

struct Measurement {
    double seconds = 0;
    std::uint64_t frames = 0;
    double fps = 0;
    int cores = 1;             ///< of the machine
    double cores_used = 0;     ///< on average
    double delayed_s = 0;      ///< all threads: ready to run, but no core was free
    std::size_t streams = 1;   ///< at once
    std::size_t queue = 32;    ///< capacity, frames
    int batch = 1, slots = 1;  ///< largest batch; batches that may be under way
    std::array<Stage, stage_count> stages;
    /// Decoder for the device, device for frames, device thread for the network, tracker for the
    /// sinks, tracker for closer looks.
    std::vector<Waiting> waiting;
    std::vector<QueueDepth> queues;  ///< before device, before tracker, before sinks
    Distribution latency;            ///< ms from decoded to written
    std::vector<ThreadUse> threads;  ///< those with most CPU time first
    double other_cpu_ms = 0;         ///< a frame, of no stage
    std::vector<double> time_s, cores_series, memory_mb;  ///< one entry a sample
    std::vector<double> gpu_busy, gpu_decoder, gpu_memory_mb, pcie_in_mb_s, pcie_out_mb_s;
    std::string gpu;  ///< its name, "" where there is none
    std::vector<StreamCosts> costs;
    std::vector<double> latencies_ms;  ///< of every frame
    std::vector<TimelineLane> timeline;
    double timeline_begin = 0, timeline_end = 0;  ///< seconds
    std::uint64_t events_dropped = 0;
};

/// How the run was set up, as far as the trace doesn't tell.
struct RunShape {
    std::size_t streams = 1, queue = 32;
    int batch = 1, slots = 1;
    int cores = 1;
};

/// `tracer` recorded the run of `seconds`, `samples` were taken during it.
[[nodiscard]] Measurement measure(const Tracer& tracer, const Samples& samples,
                                  const RunShape& shape, double seconds);

}  // namespace saccade::profile
