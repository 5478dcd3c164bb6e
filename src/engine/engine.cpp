#include "saccade/engine.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/mask_secrets.h"
#include "engine/appearance.h"
#include "engine/bad_images.h"
#include "engine/devices.h"
#include "engine/ground.h"
#include "engine/naming.h"
#include "engine/open_relay.h"
#include "engine/open_stream.h"
#include "engine/pipeline_options.h"
#include "engine/redaction.h"
#include "engine/resume.h"
#include "engine/run.h"
#include "engine/run_files.h"
#include "engine/run_networks.h"
#include "engine/summarize.h"
#include "media/image_names.h"
#include "media/locations.h"
#include "media/names.h"
#include "pipeline/pipeline.h"
#include "settings/stream_choices.h"

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

/// Names for the sources that are each an image by itself: results of one run never mix them up.
std::shared_ptr<const media::ImageNames> single_images(const std::vector<std::string>& names) {
    std::vector<std::string> images;
    std::error_code ignored;
    for (const std::string& name : names) {
        const bool image =
            media::is_image_name(name) && std::filesystem::is_regular_file(name, ignored);
        if (image) images.push_back(name);
    }
    return std::make_shared<const media::ImageNames>(images);
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

Result<RunSummary> engine::run(Mode mode, const Settings& settings,
                               const std::vector<std::string>& sources, const RunHooks& hooks,
                               Tracer* tracer) {
    const auto called = SteadyTime::now();
    const auto locations = expand(sources);
    if (!locations) return fail(locations.error());

    std::vector<std::string> names;
    for (const Location& location : *locations) names.push_back(location.name);
    const std::vector<std::string> stems = engine::output_stems(names);
    const auto choices = settings::stream_choices(mode, settings);
    if (!choices) return fail(choices.error());
    FileClaims claims;
    if (auto done = engine::claim_sources(sources, names, claims); !done) return fail(done.error());
    if (auto done = engine::claim_ground(mode, settings, claims); !done) return fail(done.error());
    const auto files = engine::claim_models(settings, choices->appearance, claims);
    if (!files) return fail(files.error());
    if (auto done = engine::claim_outputs(*choices, settings.out, stems, claims); !done) {
        return fail(done.error());
    }
    const auto load_start = SteadyTime::now();
    const auto networks = engine::RunNetworks::load(settings, *files, hooks.stop);
    if (!networks) return fail(networks.error());
    auto resume = engine::Resume::plan(mode, settings, *networks, names, stems);
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

    const auto ground = engine::open_ground(mode, settings);
    if (!ground) return fail(ground.error());
    const auto relay = engine::open_relay(settings.relay);
    if (!relay) return fail(relay.error());
    const auto devices = engine::EngineDevices::plan(
        settings, networks->detector,
        settings.live ? infer::Goal::latency : infer::Goal::throughput, left.size(), hooks.stop);
    if (!devices) return fail(devices.error());
    std::shared_ptr<const engine::RunAppearance> appearance;
    if (networks->reid) {
        auto opened =
            engine::RunAppearance::open(*networks->reid, settings, (*devices)->used(), hooks.stop);
        if (!opened) return fail(opened.error());
        appearance = std::make_shared<const engine::RunAppearance>(std::move(*opened));
    }
    const auto planning = SteadyTime::now() - load_start;
    RunSummary summary;
    const model::PreparedModel& model = *(*devices)->detector().options.model;
    summary.model = model.name();
    summary.family = model::to_string(model.spec().family);
    summary.family_forced = model.spec().forced;
    std::atomic<bool> loaded{false};
    (*devices)->on_first([&](const detect::DetectorInfo& info, std::chrono::nanoseconds took) {
        engine::add_detector(info, summary);
        summary.load_seconds = std::chrono::duration<double>(planning + took).count();
        if (hooks.on_loaded) hooks.on_loaded(summary);
        loaded = true;
    });

    const auto images = single_images(names);
    pipeline::PipelineOptions options = engine::pipeline_options(settings);
    options.streams = engine::streams_at_once(settings, left.size(), (*devices)->count(),
                                              (*devices)->cuda_ordinal(0) >= 0);
    if (mode != Mode::track) options.held -= static_cast<std::size_t>(settings.interpolate);
    const auto redaction = engine::redaction_of(settings, model.spec().class_names, model.name());
    if (!redaction) return fail(redaction.error());
    std::shared_ptr<const pipeline::Controls> controls;
    if (settings.stride > 1 || settings.max_fps > 0) {
        controls = std::make_shared<const pipeline::Controls>(
            pipeline::Controls::Values{.stride = settings.stride, .max_fps = settings.max_fps});
    }
    const auto back_off = std::make_shared<media::BackOff>();
    std::vector<StreamJob> jobs;
    for (const std::size_t i : left) {
        jobs.push_back(
            {.name = mask_url(names[i]),
             .open = [&, i](const pipeline::StreamTicket& ticket) -> Result<OpenedStream> {
                 const Location& location = (*locations)[i];
                 if (location.error) return fail(*location.error);
                 // A folder may hold more by now.
                 if (auto more = engine::claim_location(location.name, claims); !more) {
                     return fail(more.error());
                 }
                 return engine::open_stream(
                     settings,
                     {.location = location.name,
                      .stem = stems[i],
                      .choices = *choices,
                      .images = images,
                      .detector_device = (*devices)->cuda_ordinal(ticket.device),
                      .appearance = appearance,
                      .ground = *ground,
                      .relay = *relay,
                      .back_off = back_off,
                      .redaction = *redaction,
                      .encoders = options.streams},
                     ticket);
             },
             .controls = controls});
    }
    options.tracer = tracer;
    std::vector<Result<std::string>> unread(jobs.size());
    options.on_stream_done = [&](std::size_t job, const pipeline::StreamReport& stream) {
        resume->ended(left[job], stream);
        unread[job] = engine::list_bad_images(settings.out, stems[left[job]], stream.bad_images);
    };
    summary.streams_at_once = options.streams;
    pipeline::Progress progress;
    std::optional<Ticker> ticker;
    if (hooks.on_progress) {
        ticker.emplace([&] {
            if (!loaded) return;
            hooks.on_progress({.frames = progress.frames,
                               .frames_expected = progress.frames_expected,
                               .objects = progress.objects,
                               .streams_done = progress.streams_done,
                               .streams = jobs.size()});
        });
    }
    std::atomic<bool> any{false};
    const auto on_result = [&](const std::string& stream, const FrameResult& result) {
        if (!any.exchange(true)) {
            const std::chrono::duration<double> passed = SteadyTime::now() - called;
            summary.first_result_seconds = passed.count();
        }
        if (hooks.on_result) hooks.on_result(stream, result);
    };
    const auto report = pipeline::run(jobs, **devices, options, hooks.stop, progress, on_result);
    ticker.reset();
    resume->finish();
    // Nothing could run: no device, no memory for the network.
    if (report.devices.empty() && report.fatal) return fail(*report.fatal);
    engine::add_report(report, summary);
    for (std::size_t job = 0; job < unread.size(); ++job) {
        StreamSummary& stream = summary.streams[job];
        if (unread[job] && !unread[job]->empty()) stream.outputs.push_back(*unread[job]);
        if (unread[job] || stream.status == Status::failed) continue;
        stream.status = Status::failed;
        stream.error = unread[job].error();
    }
    // In the order given, with those that were done before.
    for (std::size_t i = 0; i < done.size(); ++i) {
        if (!done[i]) continue;
        const auto place = summary.streams.begin() + static_cast<std::ptrdiff_t>(i);
        summary.streams.insert(place, std::move(*done[i]));
    }
    return summary;
}

Result<RunSummary> run(Mode mode, const Settings& settings, const std::vector<std::string>& sources,
                       const RunHooks& hooks) {
    return engine::run(mode, settings, sources, hooks, nullptr);
}

}  // namespace saccade
