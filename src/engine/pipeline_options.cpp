#include "engine/pipeline_options.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "sink/cover.h"

namespace saccade::engine {
namespace {

std::chrono::nanoseconds milliseconds(double ms) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Milliseconds(ms));
}

}  // namespace

pipeline::PipelineOptions pipeline_options(const Settings& settings) {
    // Frames that wait are latency: a live stream keeps no more than even out its pace.
    constexpr std::size_t live_queue = 4;
    // A batch of a live run must not wait for frames that are a frame time away.
    constexpr double live_wait = 5, usual_wait = 100;  // ms
    pipeline::PipelineOptions options;
    options.queue = settings.live ? std::min(settings.queue, live_queue) : settings.queue;
    options.held = static_cast<std::size_t>(settings.interpolate);
    if (!settings.redact.empty()) {
        options.held += sink::CoverOptions{.frames = settings.redact_frames}.held();
    }
    options.batch = settings.batch;
    options.max_wait = milliseconds(settings.max_wait > 0 ? settings.max_wait
                                    : settings.live       ? live_wait
                                                          : usual_wait);
    options.target_p99 = milliseconds(settings.target_p99);
    if (settings.refine) {
        options.refine = {.budget = settings.refine_budget,
                          .confidence = settings.confidence,
                          .max_detections = settings.max_detections};
    }
    return options;
}

std::size_t streams_at_once(const Settings& settings, std::size_t jobs, std::size_t devices,
                            bool on_gpus) {
    if (settings.streams > 0) return std::min(settings.streams, jobs);
    if (settings.live) return jobs;
    constexpr std::size_t streams_of_a_gpu = 16;
    if (on_gpus) return std::min(streams_of_a_gpu * devices, jobs);
    return std::min(std::max<std::size_t>(2, std::thread::hardware_concurrency() / 4), jobs);
}

}  // namespace saccade::engine
