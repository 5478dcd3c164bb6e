#include "engine/open_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/log.h"
#include "core/mask_secrets.h"
#include "engine/appearance.h"
#include "engine/camera_motion.h"
#include "engine/credentials.h"
#include "engine/decoders_of_a_file.h"
#include "engine/ground.h"
#include "media/feed_source.h"
#include "media/live_source.h"
#include "media/names.h"
#include "media/paced_source.h"
#include "media/packet_tap.h"
#include "media/source.h"
#include "media/synthetic.h"
#include "relay/relayed.h"
#include "sink/drawn.h"
#include "sink/recording.h"
#include "sink/registry.h"
#include "sink/rotation.h"
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
                          const pipeline::StreamTicket& ticket, pipeline::OpenedStream& opened) {
    const settings::StreamChoices& choices = plan.choices;
    opened.patience =
        std::max(opened.patience, std::chrono::ceil<std::chrono::nanoseconds>(
                                      std::chrono::duration<double>(settings.remember)));
    auto tracker = track::make_tracker(choices.tracker->name, choices.tracker_options);
    if (!tracker) return fail(tracker.error());
    opened.tracker = std::move(*tracker);
    if (choices.camera_motion) opened.motion = std::make_unique<FrameMotion>(ticket.stop);
    if (plan.appearance != nullptr) opened.appearance = plan.appearance->encoder(ticket.device);
    const auto gap = static_cast<std::size_t>(settings.interpolate);
    if (gap > 0) opened.filter = std::make_unique<Interpolation>(gap);
    if (plan.ground) {
        opened.filter = std::make_unique<Grounding>(std::move(opened.filter), *plan.ground);
    }
    return {};
}

std::chrono::nanoseconds in_seconds(double seconds) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(seconds));
}

/// x264 keeps about one and a half threads a core busy, which the streams at once share. One that
/// has the machine to itself chooses by itself.
int encoder_threads(std::size_t encoders) {
    if (encoders <= 1) return 0;
    const std::size_t all = std::max<std::size_t>(3 * std::thread::hardware_concurrency() / 2, 1);
    return static_cast<int>((all + encoders - 1) / encoders);
}

sink::SinkOptions sink_options(const Settings& settings, const StreamPlan& plan) {
    return {.folder = settings.out,
            .stem = plan.stem,
            .include_lost = settings.interpolate > 0,
            .ground = plan.ground != nullptr,
            .encoder = plan.choices.encoder,
            .encoder_threads = encoder_threads(plan.encoders),
            .shapes = plan.shapes};
}

using Taps = std::vector<std::shared_ptr<media::PacketTap>>;

/// Those that see the source's packets are added to `taps`.
Result<void> open_sinks(const Settings& settings, const StreamPlan& plan,
                        pipeline::OpenedStream& opened, Taps& taps) {
    const auto rotation = sink::parse_rotation(settings.rotate);
    if (!rotation) return fail(rotation.error());
    sink::SinkOptions options = sink_options(settings, plan);
    if (options.shapes == nullptr) {
        options.shapes = std::make_shared<const sink::LiveShapes>(
            sink::LiveShapes::Shapes{settings.lines, settings.zones}, plan.ground);
    }
    for (const sink::SinkDescription& format : plan.choices.outputs) {
        if (format.of_packets) {
            auto recording =
                sink::make_recording({.folder = settings.out,
                                      .stem = plan.stem,
                                      .piece = in_seconds(60 * settings.piece_minutes)});
            opened.sinks.push_back(std::move(recording.sink));
            taps.push_back(std::move(recording.tap));
            continue;
        }
        const auto make = [name = format.name, options](const std::string& stem) {
            sink::SinkOptions piece = options;
            piece.stem = stem;
            return sink::make_sink(name, piece);
        };
        if (rotation->rotates()) {
            opened.sinks.push_back(sink::make_rotating(*rotation, settings.out, plan.stem, make));
            continue;
        }
        auto sink = make(plan.stem);
        if (!sink) return fail(sink.error());
        opened.sinks.push_back(std::move(*sink));
    }
    return {};
}

/// Images, generated scenes and a program's own pictures are none.
bool has_packets(const StreamPlan& plan) {
    std::error_code ignored;
    const std::filesystem::path path = plan.location;
    return plan.feed == nullptr && !plan.location.starts_with(media::synthetic_prefix) &&
           !media::is_image_name(plan.location) && !std::filesystem::is_directory(path, ignored);
}

/// The stream as it is, where it has packets, and with boxes drawn.
void add_relay(const Settings& settings, const StreamPlan& plan, pipeline::OpenedStream& opened,
               Taps& taps) {
    const std::string& name = plan.relay_name.empty() ? plan.stem : plan.relay_name;
    // (What must not be seen is in the packets: they go nowhere.)
    if (has_packets(plan) && !plan.redaction) {
        taps.push_back(std::make_shared<relay::Relayed>(plan.relay, name));
    }
    opened.sinks.push_back(
        sink::make_drawn(std::make_shared<relay::Relayed>(plan.relay, name + "/annotated"),
                         sink_options(settings, plan)));
}

/// A homography alone doesn't say which side of its horizon is the ground: the picture does.
Result<void> check_ground(const Settings& settings, const StreamPlan& plan,
                          const media::Source& source) {
    const auto& [width, height] = std::pair{source.info().width, source.info().height};
    if (!plan.ground || plan.ground->reaches(width, height)) return {};
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: the lower edge of a {}x{} picture would be behind its horizon",
                            settings.ground, width, height),
                "it is mirrored (metres are seen from above, x to the right and y ahead), or of "
                "pictures of another size");
}

Result<void> add_frame_table(const Settings& settings, const StreamPlan& plan,
                             pipeline::OpenedStream& opened) {
    if (!opened.source->info().images || !wants_frame_table(plan.choices)) return {};
    auto table = sink::make_sink("frames", {.folder = settings.out, .stem = plan.stem});
    if (!table) return fail(table.error());
    opened.sinks.push_back(std::move(*table));
    return {};
}

/// Frames of several decoders come out of order, and lose their pixels while they wait for their
/// turn. (What the camera's motion, and a ReID network on a GPU, need of them was taken by then. On
/// a host that network takes all cores, and frames wait for it with their pixels.)
bool needs_pictures_in_order(const Settings& settings, const StreamPlan& plan,
                             const pipeline::OpenedStream& opened) {
    const bool looks_on_host = opened.appearance != nullptr && plan.detector_device < 0;
    return looks_on_host || settings.refine ||
           std::any_of(opened.sinks.begin(), opened.sinks.end(),
                       [](const auto& sink) { return sink->wants_pixels(); });
}

std::size_t decoders(const Settings& settings, const StreamPlan& plan, std::size_t streams,
                     int decode_device, const pipeline::OpenedStream& opened) {
    // Which frames are left out by --stride, --max-fps and --when-moving is told by their order.
    const bool all = settings.stride <= 1 && settings.max_fps <= 0 && !settings.when_moving;
    if (settings.live || settings.decoders == 1 || !all) return 1;
    if (!needs_pictures_in_order(settings, plan, opened)) {
        return decoders_of_a_file(settings, decode_device, streams);
    }
    if (settings.decoders > 1) {
        log::warning(
            "one decoder instead of {}: drawn video, --refine, and --reid on a CPU need pictures "
            "in order",
            settings.decoders);
    }
    return 1;
}

/// A web server's stream may be a camera's; it is seen when it is opened.
bool may_be_live(const std::string& location) {
    return media::is_camera(location) || location.starts_with("http://") ||
           location.starts_with("https://");
}

Result<std::unique_ptr<media::Source>> open_camera(const Settings& settings, const StreamPlan& plan,
                                                   const pipeline::StreamTicket& ticket,
                                                   const media::SourceOptions& options) {
    static const SteadyClock clock;
    media::LiveOptions live;
    live.name = mask_url(plan.location);
    live.host = media::host_of(plan.location);
    live.rules.silent_after = in_seconds(settings.silent_after);
    live.rules.frozen_after = in_seconds(settings.frozen_after);
    constexpr std::chrono::seconds least{5};  // for a connection to be made and a key frame to come
    live.rules.connect_within =
        std::max<std::chrono::nanoseconds>(least, 2 * live.rules.silent_after);
    live.input.rtsp_transport = settings.rtsp_transport;
    // (Behind the source's own watch, which tells what it is that does not come.)
    live.input.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        live.rules.connect_within + std::chrono::seconds(1));
    if (!media::is_camera(plan.location)) {
        constexpr std::chrono::seconds patient{30};  // a file's server may take its time
        live.input.timeout = std::max<std::chrono::milliseconds>(live.input.timeout, patient);
    }
    live.reconnect = in_seconds(settings.reconnect);
    live.tentative = !media::is_camera(plan.location);
    live.endless_is_live = settings.live;
    live.stop = ticket.stop;
    live.back_off = plan.back_off != nullptr ? plan.back_off : std::make_shared<media::BackOff>();
    live.status = ticket.live != nullptr ? ticket.live : std::make_shared<media::LiveStatus>();
    const auto open =
        [location = plan.location, file = settings.credentials, options,
         admitted = std::make_shared<bool>(false)](
            const media::LiveAttempt& attempt) -> Result<std::unique_ptr<media::Source>> {
        // (Looked up each time: passwords are changed, and then a camera should come back.)
        auto login = camera_login(location, file);
        if (!login) return fail(login.error());
        auto mine = std::make_shared<media::LiveInput>(attempt.input);
        mine->login = std::move(*login);
        media::SourceOptions connection = options;
        connection.live = std::move(mine);
        connection.stop = attempt.stop;
        // The place in the device's memory stays the stream's.
        connection.before_decoder = nullptr;
        if (!*admitted) {
            connection.before_decoder = [&](const media::StreamInfo& declared) {
                auto room = options.before_decoder(declared);
                *admitted = room.has_value();
                attempt.held_up();  // a network may take minutes to load
                return room;
            };
        }
        return media::open_source(location, connection);
    };
    return media::open_live(open, std::move(live), clock);
}

Result<void> open_sources(const Settings& settings, const StreamPlan& plan,
                          const pipeline::StreamTicket& ticket, const Taps& taps,
                          pipeline::OpenedStream& opened) {
    if (!taps.empty() && !has_packets(plan)) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: pictures alone: there is no video to record or to relay as it "
                                "is",
                                plan.feed != nullptr ? plan.feed->options().name : plan.location),
                    "leave source out of --save, and --relay");
    }
    if (plan.feed != nullptr) {
        const int device = plan.feed->options().device;
        if (device >= 0 && device != plan.detector_device) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: its pictures are on cuda:{}, and the network is not",
                                    plan.feed->options().name, device),
                        "open the session on that device, or give pictures in host memory");
        }
        auto source = media::open_feed(plan.feed, ticket.stream);
        if (!source) return fail(source.error());
        opened.source = std::move(*source);
        return {};
    }
    // On the detector's GPU, so that frames never leave it; the motion gate reads them on the host.
    const int decoder = settings.when_moving ? -1 : plan.detector_device;
    const auto admit = [&](const media::StreamInfo& declared) {
        return ticket.admit(declared, decoder == plan.detector_device);
    };
    const media::SourceOptions options{.stream = ticket.stream,
                                       .cuda_device = decoder,
                                       .decoder_threads = decoder_threads(settings),
                                       .image_rate = settings.image_rate,
                                       .images = plan.images,
                                       .taps = taps,
                                       .live = nullptr,
                                       .stop = ticket.stop,
                                       .before_decoder = admit};
    if (may_be_live(plan.location)) {
        auto camera = open_camera(settings, plan, ticket, options);
        if (!camera) return fail(camera.error());
        opened.source = std::move(*camera);
        return {};
    }
    auto sources = media::open_sources(plan.location, options,
                                       decoders(settings, plan, ticket.streams, decoder, opened));
    if (!sources) return fail(sources.error());
    opened.source = std::move(sources->front());
    sources->erase(sources->begin());
    opened.beside = std::move(*sources);
    return {};
}

}  // namespace

bool wants_frame_table(const settings::StreamChoices& choices) {
    return (choices.writes("mot") || choices.writes("video")) && !choices.writes("frames");
}

Result<pipeline::OpenedStream> open_stream(const Settings& settings, const StreamPlan& plan,
                                           const pipeline::StreamTicket& ticket) {
    pipeline::OpenedStream opened;
    Taps taps;
    if (plan.choices.tracker) {
        if (auto made = open_tracker(settings, plan, ticket, opened); !made)
            return fail(made.error());
    }
    if (auto made = open_sinks(settings, plan, opened, taps); !made) return fail(made.error());
    if (plan.relay != nullptr) add_relay(settings, plan, opened, taps);
    if (plan.redaction) add_redaction(*plan.redaction, opened);

    if (auto made = open_sources(settings, plan, ticket, taps, opened); !made)
        return fail(made.error());
    if (settings.when_moving) {
        opened.gate.emplace(
            pipeline::MotionGateOptions{.look_every = in_seconds(settings.look_every)});
    }
    if (auto fits = check_ground(settings, plan, *opened.source); !fits) return fail(fits.error());
    if (auto added = add_frame_table(settings, plan, opened); !added) return fail(added.error());
    if (settings.live && plan.feed == nullptr && !opened.source->info().live) {
        static const SteadyClock clock;
        opened.source = std::make_unique<media::PacedSource>(std::move(opened.source), clock);
    }
    return opened;
}

}  // namespace saccade::engine
