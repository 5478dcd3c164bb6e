#include "saccade/session.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "core/file_claims.h"
#include "core/mask_secrets.h"
#include "engine/appearance.h"
#include "engine/bad_images.h"
#include "engine/devices.h"
#include "engine/ground.h"
#include "engine/naming.h"
#include "engine/open_relay.h"
#include "engine/open_stream.h"
#include "engine/pipeline_options.h"
#include "engine/run_files.h"
#include "engine/run_networks.h"
#include "engine/stream_settings.h"
#include "engine/summarize.h"
#include "media/locations.h"
#include "pipeline/detector_pool.h"
#include "pipeline/pipeline.h"
#include "pipeline/stream.h"
#include "settings/stream_choices.h"
#include "sink/live_shapes.h"

namespace saccade {
namespace {

using SteadyTime = std::chrono::steady_clock;

tl::unexpected<Error> unknown(StreamId id) {
    return fail(ErrorCode::not_found, "the session has no stream " + std::to_string(id));
}

}  // namespace

class Session::State {
  public:
    static Result<std::unique_ptr<State>> open(const Settings& settings, std::stop_token stop);
    ~State() { close(); }

    Result<StreamId> add(const std::string& source, std::shared_ptr<FrameFeed> feed,
                         StreamSettings settings);
    Result<void> change(StreamId id, const StreamSettings& change);
    Result<StreamSummary> remove(StreamId id);
    Result<std::optional<StreamSummary>> wait(StreamId id, std::chrono::nanoseconds duration);
    [[nodiscard]] SessionSnapshot snapshot() const;
    void close();
    [[nodiscard]] const std::vector<std::string>& class_names() const {
        return model().spec().class_names;
    }

  private:
    /// What a stream of a session is made of. Its stages hold it, and it holds none of them.
    struct Member {
        StreamId id = 0;
        Mode mode = Mode::track;
        Settings settings;                ///< as it was added
        settings::StreamChoices choices;  ///< likewise, understood
        std::string location, stem;
        std::string relay_name;  ///< where it has no stem, and is served
        std::shared_ptr<FrameFeed> feed;
        std::optional<engine::Redaction> redaction;
        FileClaims claims;  ///< of its sources and outputs
        std::shared_ptr<pipeline::Controls> controls;
        std::shared_ptr<sink::LiveShapes> shapes;  ///< none where nothing is counted
        std::function<void(const StreamResult&)> on_result;
        std::shared_ptr<ResultQueue> results;
        bool frames = false;
        std::function<void(StreamId, const StreamSummary&)> on_end;
        std::mutex mutex;                      ///< of what follows
        Settings changed;                      ///< as they are now
        std::optional<StreamSummary> summary;  ///< once it has ended

        /// On the stream's sink thread. False: it was given up for the stop.
        bool tell(const FrameResult& result, const Frame& frame,
                  const std::stop_token& stop) const {
            StreamResult told{.stream = id, .result = result, .frame = frame};
            if (!frames) drop_pixels(told.frame);
            if (on_result) on_result(told);
            return results == nullptr || results->push(std::move(told), stop) ||
                   !stop.stop_requested();
        }
    };

    struct Entry {
        std::shared_ptr<Member> member;
        std::shared_ptr<pipeline::Stream> stream;
    };

    explicit State(const Settings& settings) : settings_(settings) {
        settings_.resume = false;
        settings_.streams = 0;
    }
    Result<void> claim(Member& member);
    Result<void> set_controls(Member& member, const Settings& settings) const;
    [[nodiscard]] pipeline::StreamJob job_of(const std::shared_ptr<Member>& member) const;
    void ended(Member& member, const pipeline::StreamReport& report) const;
    [[nodiscard]] std::optional<Entry> find(StreamId id) const;
    [[nodiscard]] const model::PreparedModel& model() const {
        return *devices_->detector().options.model;
    }

    Settings settings_;
    std::stop_source stop_;
    FileClaims claims_;  ///< of the networks
    std::shared_ptr<const engine::RunAppearance> appearance_;
    std::shared_ptr<const track::GroundPlane> ground_;
    std::unique_ptr<engine::EngineDevices> devices_;
    std::shared_ptr<relay::RtspServer> relay_;  ///< may be none
    const std::shared_ptr<media::BackOff> back_off_ = std::make_shared<media::BackOff>();
    pipeline::Progress progress_;
    std::unique_ptr<pipeline::Pipeline> pipeline_;
    mutable std::mutex mutex_;  ///< of what follows
    engine::StemBook stems_;
    std::map<StreamId, Entry> streams_;
    StreamId latest_ = 0;
    bool closed_ = false;
};

Result<std::unique_ptr<Session::State>> Session::State::open(const Settings& settings,
                                                             std::stop_token stop) {
    std::unique_ptr<State> state(new State(settings));
    const std::stop_callback on_stop(std::move(stop), [&] { state->stop_.request_stop(); });
    const Settings& mine = state->settings_;
    const auto choices = settings::stream_choices(Mode::track, mine);
    if (!choices) return fail(choices.error());
    const auto files = engine::claim_models(mine, choices->appearance, state->claims_);
    if (!files) return fail(files.error());
    if (auto claimed = engine::claim_ground(Mode::track, mine, state->claims_); !claimed) {
        return fail(claimed.error());
    }
    const auto networks = engine::RunNetworks::load(mine, *files, state->stop_.get_token());
    if (!networks) return fail(networks.error());
    auto relay = engine::open_relay(mine.relay);
    if (!relay) return fail(relay.error());
    state->relay_ = std::move(*relay);
    auto ground = engine::open_ground(Mode::track, mine);
    if (!ground) return fail(ground.error());
    state->ground_ = std::move(*ground);
    constexpr std::size_t usual_streams =
        16;  // on a device, as far as what is loaded depends on it
    auto devices = engine::EngineDevices::plan(
        mine, networks->detector, mine.live ? infer::Goal::latency : infer::Goal::throughput,
        settings.streams > 0 ? settings.streams : usual_streams, state->stop_.get_token());
    if (!devices) return fail(devices.error());
    state->devices_ = std::move(*devices);
    if (networks->reid) {
        auto opened = engine::RunAppearance::open(*networks->reid, mine, state->devices_->used(),
                                                  state->stop_.get_token());
        if (!opened) return fail(opened.error());
        state->appearance_ = std::make_shared<const engine::RunAppearance>(std::move(*opened));
    }
    pipeline::PipelineOptions options = engine::pipeline_options(mine);
    options.streams = settings.streams;
    state->pipeline_ = std::make_unique<pipeline::Pipeline>(*state->devices_, std::move(options),
                                                            state->progress_);
    // What the model says of itself is checked before any stream comes.
    auto controls =
        engine::controls_of(mine, mine, state->model().spec().class_names, state->model().name());
    if (!controls) return fail(controls.error());
    const auto& spec = state->model().spec();
    auto redaction = engine::redaction_of(mine, spec.class_names, state->model().name());
    if (!redaction) return fail(redaction.error());
    return state;
}

Result<StreamId> Session::State::add(const std::string& source, std::shared_ptr<FrameFeed> feed,
                                     StreamSettings own) {
    auto merged = engine::merged(settings_, settings_, own, ground_.get());
    if (!merged) return fail(merged.error());
    auto member = std::make_shared<Member>();
    member->mode = own.mode.value_or(Mode::track);
    member->settings = member->changed = std::move(*merged);
    auto choices = settings::stream_choices(member->mode, member->settings);
    if (!choices) return fail(choices.error());
    member->choices = std::move(*choices);
    member->on_result = std::move(own.on_result);
    member->results = std::move(own.results);
    member->frames = own.frames;
    member->on_end = std::move(own.on_end);
    member->controls = std::make_shared<pipeline::Controls>();
    if (auto set = set_controls(*member, member->settings); !set) return fail(set.error());
    auto redaction =
        engine::redaction_of(member->settings, model().spec().class_names, model().name());
    if (!redaction) return fail(redaction.error());
    member->redaction = std::move(*redaction);
    std::string name = source;
    if (feed != nullptr) {
        name = feed->options().name;
    } else {
        const auto locations = media::expand_locations({&source, 1});
        if (!locations) return fail(locations.error());
        if (locations->size() != 1) {
            return fail(ErrorCode::invalid_argument,
                        source + ": names " + std::to_string(locations->size()) + " sources",
                        "add each by itself");
        }
        member->location = name = locations->front();
    }
    {
        std::lock_guard lock(mutex_);
        if (closed_) return fail(ErrorCode::interrupted, "the session is closed");
        member->id = ++latest_;
        const auto& outputs = member->choices.outputs;
        const bool counts = std::any_of(outputs.begin(), outputs.end(),
                                        [](const auto& format) { return format.of_counts; });
        if (counts) {
            member->shapes = std::make_shared<sink::LiveShapes>(
                sink::LiveShapes::Shapes{member->settings.lines, member->settings.zones}, ground_);
        }
        if (!outputs.empty()) member->stem = stems_.take(own.name.value_or(name));
        if (relay_ && outputs.empty()) member->relay_name = stems_.take(own.name.value_or(name));
    }
    if (auto claimed = claim(*member); !claimed) return fail(claimed.error());
    if (feed != nullptr && !feed->claim()) {
        return fail(ErrorCode::invalid_argument, name + ": another stream has this feed",
                    "make a feed for each stream");
    }
    member->feed = std::move(feed);

    std::lock_guard lock(mutex_);
    if (closed_) return fail(ErrorCode::interrupted, "the session is closed");
    auto stream = pipeline_->add(
        job_of(member), member->id,
        [this, member](const pipeline::StreamReport& report) { ended(*member, report); });
    streams_.emplace(member->id, Entry{member, std::move(stream)});
    return member->id;
}

Result<void> Session::State::claim(Member& member) {
    if (!member.location.empty()) {
        if (auto done = engine::claim_location(member.location, member.claims); !done) return done;
    }
    if (member.stem.empty()) return {};
    const std::string stems[] = {member.stem};
    return engine::claim_outputs(member.choices, member.settings.out, stems, member.claims);
}

Result<void> Session::State::set_controls(Member& member, const Settings& settings) const {
    auto values =
        engine::controls_of(settings_, settings, model().spec().class_names, model().name());
    if (!values) return fail(values.error());
    member.controls->set(std::move(*values));
    return {};
}

pipeline::StreamJob Session::State::job_of(const std::shared_ptr<Member>& member) const {
    pipeline::StreamJob job;
    job.name = mask_url(member->feed ? member->feed->options().name : member->location);
    job.open = [this,
                member](const pipeline::StreamTicket& ticket) -> Result<pipeline::OpenedStream> {
        const engine::StreamPlan plan{
            .location = member->location,
            .stem = member->stem,
            .choices = member->choices,
            .images = nullptr,
            .detector_device = devices_->cuda_ordinal(ticket.device),
            .appearance = member->choices.appearance ? appearance_ : nullptr,
            .ground = member->mode == Mode::track ? ground_ : nullptr,
            .relay = relay_,
            .relay_name = member->relay_name,
            .back_off = back_off_,
            .feed = member->feed,
            .redaction = member->redaction,
            .encoders = pipeline_->unfinished(),
            .shapes = member->shapes};
        return engine::open_stream(member->settings, plan, ticket);
    };
    if (member->on_result || member->results) {
        job.on_result = [member](const FrameResult& result, const Frame& frame,
                                 const std::stop_token& stop) {
            return member->tell(result, frame, stop);
        };
    }
    job.keep_pixels = member->frames;
    job.controls = member->controls;
    return job;
}

/// On the stream's own thread.
void Session::State::ended(Member& member, const pipeline::StreamReport& report) const {
    StreamSummary summary = engine::summary_of(report, model().spec().class_names);
    if (!member.stem.empty()) {
        const auto listed =
            engine::list_bad_images(member.settings.out, member.stem, report.bad_images);
        if (listed && !listed->empty()) summary.outputs.push_back(*listed);
        if (!listed && summary.status != Status::failed) {
            summary.status = Status::failed;
            summary.error = listed.error();
        }
    }
    member.feed.reset();
    {
        std::lock_guard lock(member.mutex);
        member.summary = summary;
    }
    if (member.on_end) member.on_end(member.id, summary);
}

std::optional<Session::State::Entry> Session::State::find(StreamId id) const {
    std::lock_guard lock(mutex_);
    const auto found = streams_.find(id);
    if (found == streams_.end()) return std::nullopt;
    return found->second;
}

Result<void> Session::State::change(StreamId id, const StreamSettings& change) {
    const auto entry = find(id);
    if (!entry) return unknown(id);
    if (const std::string fixed = engine::unchangeable(change); !fixed.empty()) {
        return fail(ErrorCode::invalid_argument, fixed + ": can't be changed while the stream runs",
                    "remove the stream, and add it with the new setting");
    }
    Member& member = *entry->member;
    std::lock_guard lock(member.mutex);
    auto merged = engine::merged(settings_, member.changed, change, ground_.get());
    if (!merged) return fail(merged.error());
    for (const auto& [name, set] :
         {std::pair{"lines", change.lines.has_value()}, {"zones", change.zones.has_value()}}) {
        if (!set || member.shapes != nullptr) continue;
        return fail(ErrorCode::invalid_argument,
                    std::string(name) +
                        ": the stream was added with nothing to count, so that it "
                        "has no output for counts",
                    "remove the stream, and add it with lines or zones");
    }
    // What is to be covered has to be looked for.
    if (auto good = engine::redaction_of(*merged, model().spec().class_names, model().name());
        !good) {
        return fail(good.error());
    }
    if (auto set = set_controls(member, *merged); !set) return set;
    if (member.shapes != nullptr) member.shapes->set({merged->lines, merged->zones});
    member.changed = std::move(*merged);
    return {};
}

Result<StreamSummary> Session::State::remove(StreamId id) {
    constexpr std::chrono::milliseconds patience{900};
    std::optional<Entry> entry;
    {
        std::lock_guard lock(mutex_);
        const auto found = streams_.find(id);
        if (found == streams_.end()) return unknown(id);
        entry = std::move(found->second);
        streams_.erase(found);
    }
    entry->stream->stop();
    const bool over = entry->stream->wait_ended(SteadyTime::now() + patience);
    pipeline_->reap();
    Member& member = *entry->member;
    {
        std::lock_guard lock(member.mutex);
        if (member.summary) return *member.summary;
    }
    StreamSummary summary = engine::summary_of(entry->stream->report(), model().spec().class_names);
    if (!over) summary.status = Status::interrupted;
    return summary;
}

Result<std::optional<StreamSummary>> Session::State::wait(StreamId id,
                                                          std::chrono::nanoseconds duration) {
    const auto entry = find(id);
    if (!entry) return unknown(id);
    const auto most = std::chrono::hours(24 * 365);  // later ones are behind the clock's end
    const auto until = SteadyTime::now() + std::min<std::chrono::nanoseconds>(duration, most);
    if (!entry->stream->wait_ended(until)) return std::optional<StreamSummary>();
    std::lock_guard lock(entry->member->mutex);
    return entry->member->summary;
}

SessionSnapshot Session::State::snapshot() const {
    SessionSnapshot all;
    std::vector<Entry> entries;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [id, entry] : streams_) entries.push_back(entry);
    }
    std::size_t ended = 0;
    for (const Entry& entry : entries) {
        StreamSnapshot& s = all.streams.emplace_back();
        s.id = entry.member->id;
        entry.stream->look(s);
        if (const auto device = entry.stream->device()) s.device = devices_->name(*device);
        if (s.state == StreamState::ended) ++ended;
        std::lock_guard lock(entry.member->mutex);
        if (const auto& summary = entry.member->summary) {
            s.status = summary->status;
            s.error = summary->error;
        }
    }
    const pipeline::DetectorPool& pool = pipeline_->pool();
    for (const auto& [device, stage] : pool.stages()) {
        const pipeline::DeviceReport report = stage->report();
        DetectorSnapshot& d = all.detectors.emplace_back();
        d.device = devices_->name(device);
        d.input_width = report.detector.input_width;
        d.input_height = report.detector.input_height;
        d.frames = report.frames;
        d.batches = report.batches;
        d.waiting = stage->batcher().waiting();
        d.memory = report.memory.held;
        engine::add_governor(report.governor, d.governor);
        d.error = stage->error();
    }
    std::size_t number = 0;
    for (const auto& device : pool.devices()) {
        all.devices.push_back({.name = devices_->name(number++),
                               .streams = device.streams,
                               .limit = device.limit,
                               .used = device.memory.used,
                               .others = device.memory.others,
                               .decoders_waited = device.decoders_waited});
    }
    all.loading = pool.loading();
    const std::size_t running = entries.size() - ended, unfinished = pipeline_->unfinished();
    all.left_behind = unfinished > running ? unfinished - running : 0;
    return all;
}

void Session::State::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    stop_.request_stop();
    if (pipeline_ != nullptr) pipeline_->close();
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(const Settings& settings, std::stop_token stop) {
    auto state = State::open(settings, std::move(stop));
    if (!state) return fail(state.error());
    return Session(std::move(*state));
}

Result<StreamId> Session::add(const std::string& source, StreamSettings settings) {
    return state_->add(source, nullptr, std::move(settings));
}

Result<StreamId> Session::add(std::shared_ptr<FrameFeed> feed, StreamSettings settings) {
    if (feed == nullptr) return fail(ErrorCode::invalid_argument, "there is no feed");
    return state_->add("", std::move(feed), std::move(settings));
}

Result<void> Session::change(StreamId id, const StreamSettings& change) {
    return state_->change(id, change);
}

Result<StreamSummary> Session::remove(StreamId id) {
    return state_->remove(id);
}

Result<std::optional<StreamSummary>> Session::wait(StreamId id, std::chrono::nanoseconds duration) {
    return state_->wait(id, duration);
}

SessionSnapshot Session::snapshot() const {
    return state_->snapshot();
}

const std::vector<std::string>& Session::class_names() const {
    return state_->class_names();
}

void Session::close() {
    state_->close();
}

const char* to_string(StreamState state) noexcept {
    switch (state) {
        case StreamState::opening: return "opening";
        case StreamState::loading: return "loading";
        case StreamState::waiting_for_memory: return "waiting_for_memory";
        case StreamState::running: return "running";
        case StreamState::finishing: return "finishing";
        case StreamState::ended: return "ended";
    }
    return "ended";
}

}  // namespace saccade
