#include "saccade/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/appearance.h"
#include "engine/camera_motion.h"
#include "core/clock.h"
#include "engine/counts_sink.h"
#include "engine/decode_device.h"
#include "engine/memory.h"
#include "engine/naming.h"
#include "engine/resume.h"
#include "engine/setup.h"
#include "engine/summarize.h"
#include "media/locations.h"
#include "media/paced_source.h"
#include "media/source.h"
#include "pipeline/pipeline.h"
#include "sink/registry.h"
#include "track/interpolate.h"
#include "track/registry.h"

namespace saccade {
namespace {

using pipeline::OpenedStream;
using pipeline::StreamJob;
using SteadyTime = std::chrono::steady_clock;

/// One stream to be, or why what the user named is none.
struct Location {
    std::string name;
    std::optional<Error> error;
};

/// Several sources fail each for itself; a single one fails before anything is loaded.
Result<std::vector<Location>> expand(const std::vector<std::string>& sources) {
    std::vector<Location> locations;
    for (const std::string& source : sources) {
        const auto expanded = media::expand_locations({&source, 1});
        if (expanded) {
            for (const std::string& name : *expanded) locations.push_back({name, std::nullopt});
        } else if (sources.size() > 1) {
            locations.push_back({source, expanded.error()});
        } else {
            return fail(expanded.error());
        }
    }
    return locations;
}

/// Fills short gaps in tracks.
class Interpolation final : public pipeline::ResultFilter {
  public:
    explicit Interpolation(std::size_t max_gap) : max_gap_(max_gap), filler_(max_gap) {}
    void push(FrameResult result, std::vector<FrameResult>& ready) override {
        filler_.push(std::move(result), ready);
    }
    void flush(std::vector<FrameResult>& ready) override { filler_.flush(ready); }
    [[nodiscard]] std::size_t delay() const noexcept override { return max_gap_; }

  private:
    std::size_t max_gap_;
    track::GapFiller filler_;
};

/// Beside a network on the CPU a decoder needs few threads, and each costs time of its own: a
/// 1080p picture decodes in about a twentieth of the core time that YOLO11n takes for it.
int decoder_threads(const Settings& settings) {
    if (settings.decoder_threads > 0) return settings.decoder_threads;
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency() / 4));
}

Result<OpenedStream> open_stream(Mode mode, const Settings& settings, const std::string& location,
                                 const std::string& stem, std::uint32_t stream,
                                 const std::shared_ptr<detect::Embedder>& embedder,
                                 int cuda_device, std::stop_token stop) {
    OpenedStream opened;
    auto source = media::open_source(location, {.stream = stream,
                                                .cuda_device = cuda_device,
                                                .decoder_threads = decoder_threads(settings),
                                                .image_rate = settings.image_rate,
                                                .stop = std::move(stop)});
    if (!source) return fail(source.error());
    opened.source = std::move(*source);
    if (settings.live && !opened.source->info().live) {
        static const SteadyClock clock;
        opened.source = std::make_unique<media::PacedSource>(std::move(opened.source), clock);
    }
    if (mode == Mode::track) {
        auto tracker = track::make_tracker(settings.tracker, {});
        if (!tracker) return fail(tracker.error());
        opened.tracker = std::move(*tracker);
        // BoT-SORT is the one that corrects its predictions by it.
        if (engine::uses_camera_motion(mode, settings)) {
            opened.motion = std::make_unique<engine::FrameMotion>();
        }
        if (embedder != nullptr) {
            opened.appearance = std::make_unique<engine::FrameAppearance>(embedder);
        }
        const auto gap = static_cast<std::size_t>(settings.interpolate);
        if (gap > 0) opened.filter = std::make_unique<Interpolation>(gap);
    }
    for (const std::string& format : settings.save) {
        auto sink = sink::make_sink(format, {.folder = settings.out,
                                              .stem = stem,
                                              .include_lost = settings.interpolate > 0});
        if (!sink) return fail(sink.error());
        opened.sinks.push_back(std::move(*sink));
    }
    if (mode == Mode::track && !(settings.lines.empty() && settings.zones.empty())) {
        auto counts =
            engine::make_counts_sink(settings.out, stem, settings.lines, settings.zones);
        if (!counts) return fail(counts.error());
        opened.sinks.push_back(std::move(*counts));
    }
    return opened;
}

/// A batch of a live run must not wait for frames that are a frame time away.
std::chrono::nanoseconds max_wait(const Settings& settings) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    const double ms = settings.max_wait > 0 ? settings.max_wait : settings.live ? 5 : 100;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Milliseconds(ms));
}

/// Live streams all run from the start. On a CPU the network fills all cores: more files at once
/// would only take memory.
std::size_t streams_at_once(const Settings& settings, std::size_t jobs) {
    if (settings.streams > 0) return std::min(settings.streams, jobs);
    if (settings.live) return jobs;
    return std::min(std::max<std::size_t>(2, std::thread::hardware_concurrency() / 4), jobs);
}

/// Calls `tick` about ten times a second, and once more at the end.
class Ticker {
  public:
    explicit Ticker(std::function<void()> tick)
        : tick_(std::move(tick)), thread_([this](std::stop_token quit) {
              std::unique_lock lock(mutex_);
              while (!quit.stop_requested()) {
                  wake_.wait_for(lock, quit, std::chrono::milliseconds(100), [] { return false; });
                  tick_();
              }
          }) {}

  private:
    std::function<void()> tick_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace

Result<RunSummary> run(Mode mode, const Settings& settings, const std::vector<std::string>& sources,
                       const RunHooks& hooks) {
    const auto locations = expand(sources);
    if (!locations) return fail(locations.error());

    std::vector<std::string> names;
    for (const Location& location : *locations) names.push_back(location.name);
    const std::vector<std::string> stems = engine::output_stems(names);
    auto resume = engine::Resume::plan(mode, settings, names, stems);
    if (!resume) return fail(resume.error());
    std::vector<std::optional<StreamSummary>> done;  // by location
    std::vector<std::size_t> left;                   // locations, by job
    for (std::size_t i = 0; i < names.size(); ++i) {
        done.push_back(resume->done(i));
        if (!done[i]) left.push_back(i);
    }
    if (left.empty() && !done.empty()) {
        RunSummary nothing;
        for (auto& stream : done) nothing.streams.push_back(std::move(*stream));
        return nothing;
    }

    const auto load_start = SteadyTime::now();
    const auto embedder = engine::open_embedder(mode, settings);
    if (!embedder) return fail(embedder.error());
    auto detector = engine::open_detector(
        settings, settings.live ? infer::Goal::latency : infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    const infer::BackendInfo& backend = (*detector)->info().backend;
    const auto probe = engine::probe_for(backend);
    const auto memory_limit = engine::memory_limit(settings, backend, probe.get());
    if (!memory_limit) return fail(memory_limit.error());
    RunSummary summary = engine::summary_of((*detector)->info());
    summary.load_seconds = std::chrono::duration<double>(SteadyTime::now() - load_start).count();
    if (hooks.on_loaded) hooks.on_loaded(summary);

    const int cuda_device =
        engine::decode_device(mode, settings, (*detector)->info().cuda_device);
    std::vector<StreamJob> jobs;
    for (const std::size_t i : left) {
        jobs.push_back({names[i], [&, i](std::uint32_t stream) -> Result<OpenedStream> {
                            const Location& location = (*locations)[i];
                            if (location.error) return fail(*location.error);
                            return open_stream(mode, settings, location.name, stems[i], stream,
                                               *embedder,
                                               cuda_device, hooks.stop);
                        }});
    }
    pipeline::PipelineOptions options;
    // Frames that wait are latency: a live stream keeps no more than even out its pace.
    constexpr std::size_t kLiveQueue = 4;
    options.queue = settings.live ? std::min(settings.queue, kLiveQueue) : settings.queue;
    options.held = mode == Mode::track ? static_cast<std::size_t>(settings.interpolate) : 0;
    options.batch = settings.batch;
    options.streams = streams_at_once(settings, jobs.size());
    options.max_wait = max_wait(settings);
    options.governor.limit = *memory_limit;
    options.probes = {probe.get()};
    options.tracer = hooks.tracer;
    options.on_stream_done = [&](std::size_t job, const pipeline::StreamReport& stream) {
        resume->ended(left[job], stream);
    };
    summary.streams_at_once = options.streams;
    pipeline::Progress progress;
    std::optional<Ticker> ticker;
    if (hooks.on_progress) {
        ticker.emplace([&] {
            hooks.on_progress({.frames = progress.frames,
                               .frames_expected = progress.frames_expected,
                               .objects = progress.objects,
                               .streams_done = progress.streams_done,
                               .streams = jobs.size()});
        });
    }
    detect::Detector* const devices[] = {detector->get()};
    const auto report =
        pipeline::run(jobs, devices, options, hooks.stop, progress, hooks.on_result);
    ticker.reset();
    engine::add_report(report, summary);
    // In the order given, with those that were done before.
    for (std::size_t i = 0; i < done.size(); ++i) {
        if (!done[i]) continue;
        const auto place = summary.streams.begin() + static_cast<std::ptrdiff_t>(i);
        summary.streams.insert(place, std::move(*done[i]));
    }
    return summary;
}

}  // namespace saccade
