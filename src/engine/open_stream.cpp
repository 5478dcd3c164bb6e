#include "engine/open_stream.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "engine/appearance.h"
#include "engine/camera_motion.h"
#include "engine/decode_device.h"
#include "media/paced_source.h"
#include "media/source.h"
#include "sink/registry.h"
#include "track/interpolate.h"
#include "track/registry.h"

namespace saccade::engine {
namespace {

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

Result<void> open_tracker(const Settings& settings, const StreamPlan& plan,
                          pipeline::OpenedStream& opened) {
    const settings::StreamChoices& choices = plan.choices;
    auto tracker = track::make_tracker(choices.tracker->name, choices.tracker_options);
    if (!tracker) return fail(tracker.error());
    opened.tracker = std::move(*tracker);
    if (choices.camera_motion) opened.motion = std::make_unique<FrameMotion>();
    if (plan.embedder != nullptr) {
        opened.appearance = std::make_unique<FrameAppearance>(plan.embedder);
    }
    const auto gap = static_cast<std::size_t>(settings.interpolate);
    if (gap > 0) opened.filter = std::make_unique<Interpolation>(gap);
    return {};
}

Result<void> open_sink(std::string_view format, const Settings& settings, const StreamPlan& plan,
                       pipeline::OpenedStream& opened) {
    auto sink = sink::make_sink(format, {.folder = settings.out,
                                         .stem = plan.stem,
                                         .include_lost = settings.interpolate > 0,
                                         .lines = plan.choices.lines,
                                         .zones = plan.choices.zones});
    if (!sink) return fail(sink.error());
    opened.sinks.push_back(std::move(*sink));
    return {};
}

/// Frames of several decoders come out of order, and lose their pixels while they wait for their
/// turn.
bool needs_pictures_in_order(const Settings& settings, const pipeline::OpenedStream& opened) {
    return opened.motion != nullptr || opened.appearance != nullptr || settings.refine ||
           std::any_of(opened.sinks.begin(), opened.sinks.end(),
                       [](const auto& sink) { return sink->wants_pixels(); });
}

std::size_t decoders(const Settings& settings, const StreamPlan& plan, int decode_device,
                     const pipeline::OpenedStream& opened) {
    if (settings.live || settings.decoders == 1) return 1;
    if (!needs_pictures_in_order(settings, opened)) {
        return decoders_of_a_file(settings, decode_device, plan.streams);
    }
    if (settings.decoders > 1) {
        log::warning(
            "one decoder instead of {}: drawn video, camera motion, --reid and --refine need "
            "pictures in order",
            settings.decoders);
    }
    return 1;
}

}  // namespace

bool wants_frame_table(const settings::StreamChoices& choices) {
    return (choices.writes("mot") || choices.writes("video")) && !choices.writes("frames");
}

Result<pipeline::OpenedStream> open_stream(const Settings& settings, const StreamPlan& plan,
                                           const pipeline::StreamTicket& ticket) {
    pipeline::OpenedStream opened;
    if (plan.choices.tracker) {
        if (auto made = open_tracker(settings, plan, opened); !made) return fail(made.error());
    }
    for (const sink::SinkDescription& format : plan.choices.outputs) {
        if (auto made = open_sink(format.name, settings, plan, opened); !made)
            return fail(made.error());
    }

    const int decoder = decode_device(plan.choices, plan.detector_device);
    const auto admit = [&](const media::StreamInfo& declared) {
        return ticket.admit(declared, decoder == plan.detector_device);
    };
    auto sources = media::open_sources(plan.location,
                                       {.stream = ticket.stream,
                                        .cuda_device = decoder,
                                        .decoder_threads = decoder_threads(settings),
                                        .image_rate = settings.image_rate,
                                        .images = plan.images,
                                        .stop = plan.stop,
                                        .before_decoder = admit},
                                       decoders(settings, plan, decoder, opened));
    if (!sources) return fail(sources.error());
    opened.source = std::move(sources->front());
    sources->erase(sources->begin());
    opened.beside = std::move(*sources);
    if (opened.source->info().images && wants_frame_table(plan.choices)) {
        if (auto made = open_sink("frames", settings, plan, opened); !made)
            return fail(made.error());
    }
    if (settings.live && !opened.source->info().live) {
        static const SteadyClock clock;
        opened.source = std::make_unique<media::PacedSource>(std::move(opened.source), clock);
    }
    return opened;
}

}  // namespace saccade::engine
