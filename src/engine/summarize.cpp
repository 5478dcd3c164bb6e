#include "engine/summarize.h"

#include <sys/resource.h>

#include <algorithm>

#include "sink/objects.h"

namespace saccade::engine {
namespace {

using pipeline::Histogram;
using std::chrono::duration;

template <typename Duration>
double seconds_of(Duration d) {
    return duration<double>(d).count();
}

StageTime stage_time(const char* name, const Histogram& times) {
    const auto ms = [](std::chrono::nanoseconds ns) {
        return duration<double, std::milli>(ns).count();
    };
    return {.stage = name,
            .first = ms(times.first()),
            .mean = ms(times.mean()),
            .p50 = ms(times.percentile(0.50)),
            .p95 = ms(times.percentile(0.95)),
            .p99 = ms(times.percentile(0.99)),
            .total_seconds = seconds_of(times.sum())};
}

/// Of a time known only in sum.
StageTime stage_time(const char* name, std::chrono::nanoseconds sum, std::uint64_t frames) {
    StageTime time{.stage = name, .total_seconds = seconds_of(sum)};
    if (frames > 0) time.mean = 1e3 * time.total_seconds / static_cast<double>(frames);
    return time;
}

}  // namespace

StreamSummary summary_of(const pipeline::StreamReport& report,
                         const std::vector<std::string>& class_names) {
    StreamSummary s;
    s.name = report.name;
    s.status = report.status;
    s.error = report.error;
    s.damage = report.damage;
    s.bad_images = report.bad_images;
    s.decoder = report.decoder;
    s.width = report.width;
    s.height = report.height;
    s.input_width = report.input_width;
    s.input_height = report.input_height;
    s.frames = report.frames;
    s.dropped = report.dropped.total();
    s.drops = pipeline::drop_counts(report.dropped);
    s.carried = report.carried;
    s.passed_over = report.passed_over;
    s.device_memory_peak = report.memory_peak;
    s.detections = report.detections;
    s.crops = report.crops;
    for (const auto& [id, count] : report.ids_by_class) {
        s.ids_by_class[sink::class_name(class_names, id)] += count;
    }
    s.outputs = report.outputs;
    s.seconds = seconds_of(report.wall);
    s.fps = s.seconds > 0 ? static_cast<double>(s.frames) / s.seconds : 0;
    s.first_result_ms = 1e3 * seconds_of(report.first_result);
    s.stages = {stage_time("decode", report.decode), stage_time("track", report.track),
                stage_time("sink", report.sink), stage_time("latency", report.latency)};
    if (report.sender_latency.count() > 0) {
        s.stages.push_back(stage_time("sender_latency", report.sender_latency));
    }
    s.live = report.live;
    return s;
}

void add_governor(const memory::GovernorReport& report, GovernorSummary& summary) {
    const bool first = summary.max_batch == 0;
    summary.limit = first ? report.limit : std::min(summary.limit, report.limit);
    summary.peak = std::max(summary.peak, report.peak);
    summary.others_peak = std::max(summary.others_peak, report.others_peak);
    summary.per_image = std::max(summary.per_image, report.per_image);
    summary.max_batch = first ? report.max_batch : std::min(summary.max_batch, report.max_batch);
    summary.batch = first ? report.batch : std::min(summary.batch, report.batch);
    summary.smallest_batch =
        first ? report.smallest_batch : std::min(summary.smallest_batch, report.smallest_batch);
    summary.warnings += report.warnings;
    summary.fitted += report.fitted;
    summary.out_of_memory += report.out_of_memory;
    summary.grown += report.grown;
    summary.trims += report.trims;
}

void add_detector(const detect::DetectorInfo& detector, RunSummary& summary) {
    summary.model = detector.model;
    summary.family = detector.family;
    summary.family_forced = detector.family_forced;
    summary.backend = detector.backend.name;
    summary.device = detector.backend.device;
    summary.precision = to_string(detector.backend.precision);
    summary.input_width = detector.input_width;
    summary.input_height = detector.input_height;
    summary.batch = detector.backend.max_batch;
    summary.slots = detector.backend.slots;
}

void add_report(const pipeline::RunReport& report, RunSummary& summary) {
    const std::vector<std::string> none;
    const auto& names = report.devices.empty() ? none : report.devices[0].detector.class_names;
    for (const auto& stream : report.streams) {
        summary.streams.push_back(summary_of(stream, names));
        summary.frames += stream.frames;
    }
    summary.seconds = seconds_of(report.wall);
    summary.fps = summary.seconds > 0 ? static_cast<double>(summary.frames) / summary.seconds : 0;
    detect::DetectorTimes times;
    std::uint64_t frames = 0;
    for (const auto& device : report.devices) {
        times.preprocess += device.times.preprocess;
        times.wait += device.times.wait;
        times.postprocess += device.times.postprocess;
        frames += device.frames;
    }
    summary.stages = {stage_time("preprocess", times.preprocess, frames),
                      stage_time("inference", times.wait, frames),
                      stage_time("postprocess", times.postprocess, frames)};
    for (const auto& device : report.devices) {
        add_governor(device.governor, summary.governor);
        summary.detectors.push_back({.device = device.detector.backend.device,
                                     .input_width = device.detector.input_width,
                                     .input_height = device.detector.input_height,
                                     .frames = device.frames,
                                     .batches = device.batches,
                                     .memory = device.memory.held});
    }
    summary.governor.decoders_waited = report.decoders_waited;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    summary.peak_memory = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
    summary.queue_capacity = report.queue_capacity;
    summary.queue_peak = report.queue_peak;
}

}  // namespace saccade::engine
