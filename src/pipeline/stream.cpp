#include "pipeline/stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <initializer_list>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/decode_stage.h"
#include "pipeline/part_join.h"
#include "pipeline/refine_stage.h"
#include "pipeline/sink_stage.h"
#include "pipeline/track_stage.h"

namespace saccade::pipeline {
namespace {

using SteadyTime = std::chrono::steady_clock;

constexpr std::size_t surfaces = 16;  // about as many as a decoder has

/// Bytes of pictures for the camera's motion that wait for their turn, all streams at once: those
/// of six decoders that are a part of 300 pictures of 1080p ahead take 415 MB.
constexpr std::size_t most_put_by = std::size_t{512} << 20U;

std::optional<Error> first_of(std::initializer_list<std::optional<Error>> errors) {
    for (const auto& error : errors) {
        if (error) return error;
    }
    return std::nullopt;
}

sink::Context context_of(const media::StreamInfo& info, const detect::DetectorInfo& detector,
                         bool tracking) {
    return {.source = info.name,
            .width = info.width,
            .height = info.height,
            .frame_rate = info.frame_rate,
            .class_names = detector.class_names,
            .tracking = tracking,
            .pixel_aspect = info.pixel_aspect,
            .start = info.start,
            .live = info.live,
            .images = info.images};
}

}  // namespace

/// What works on an opened stream. Made at its start, gone when it has ended.
struct Stream::Stages {
    Stages(std::size_t credit, std::size_t queue) : detected(credit), tracked(queue) {}

    DetectedQueue detected;
    TrackedQueue tracked;
    std::optional<RefineStage> refine;
    std::optional<PartJoin> join;
    std::optional<TrackStage> track;
    std::optional<SinkStage> sink;
    std::optional<DecodeStage> decode;
    std::deque<DecodeStage> beside;
    std::atomic<std::size_t> settling{0};
    std::jthread track_thread, sink_thread;

    [[nodiscard]] std::uint64_t passed_over() const { return decode ? decode->passed_over() : 0; }
};

Stream::Stream(StreamJob job, std::uint32_t number, const Shared& shared)
    : job_(std::move(job)),
      number_(number),
      shared_(shared),
      capacity_(shared.options.queue),
      on_stop_(stop_.get_token(), [this] { give_up(); }) {
    report_.name = job_.name;
}

Stream::~Stream() = default;

StreamReport Stream::run() {
    if (open()) {
        decode();
        drain();
        close_decoders();
        judge();
        finish_sinks();
    }
    // What it held goes before anybody hears of its end.
    std::unique_ptr<Stages> stages;
    {
        std::lock_guard lock(mutex_);
        report_.wall = SteadyTime::now() - start_;
        ended_ = SteadyTime::now();
        report_.live = live_->view();
        stages = std::move(stages_);
    }
    stages.reset();
    opened_.reset();
    place_.reset();
    scope_.reset();
    return report();
}

bool Stream::open() {
    if (stop_.stop_requested()) {
        end(StreamStatus::interrupted);
        return false;
    }
    start_ = SteadyTime::now();
    place_ = std::make_shared<StreamPlace>(shared_.pool, number_);
    if (!place_->device()) {
        end(StreamStatus::failed, place_->device().error());
        return false;
    }
    device_ = *place_->device();
    {
        std::lock_guard lock(mutex_);
        chosen_ = device_;
    }
    auto opened =
        job_.open({.stream = number_,
                   .device = device_,
                   .stop = stop_.get_token(),
                   .streams = (shared_.pool.streams_at_once() + shared_.pool.device_count() - 1) /
                              shared_.pool.device_count(),
                   .live = live_,
                   .admit = [this](const media::StreamInfo& declared, bool on_device) {
                       return admit(declared, on_device);
                   }});
    if (!opened) {
        end(StreamStatus::failed, opened.error());
        return false;
    }
    opened_.emplace(std::move(*opened));
    const media::StreamInfo info = opened_->source->info();
    const auto bound = bind({info.width, info.height});
    if (!bound) {
        end(StreamStatus::failed, bound.error());
        return false;
    }
    stage_ = *bound;
    start_ += loading_;
    if (!begin_sinks(info)) return false;
    start(info);
    return true;
}

Result<InferStage*> Stream::bind(Size source) {
    enter(StreamState::loading);
    const auto before = SteadyTime::now();
    auto stage = shared_.pool.stage(device_, source, stop_.get_token());
    loading_ += SteadyTime::now() - before;
    enter(StreamState::opening);
    return stage;
}

Result<std::size_t> Stream::admit(media::StreamInfo info, bool on_device) {
    const auto bound = bind({info.width, info.height});
    if (!bound) return fail(bound.error());
    DetectorPool& pool = shared_.pool;
    const std::size_t streams = pool.streams_at_once();
    if (on_device) {
        capacity_ =
            memory::queue_capacity(info, shared_.options.queue, pool.limit(device_), streams);
        info.decoders =
            memory::decoders_that_fit(info, capacity_, pool.decoders(device_).headroom(), streams);
    }
    memory::DecoderNeed need = memory::decoder_need(info, capacity_);
    need.under_way =
        memory::frame_bytes(info) *
        ((*bound)->batcher().options().credit - shared_.options.queue);  // batches and what is held
    if (!on_device) need.bytes = 0;
    enter(StreamState::waiting_for_memory);
    const bool admitted = place_->admit(need, stop_.get_token());
    enter(StreamState::opening);
    if (admitted) return info.decoders;
    return fail(ErrorCode::interrupted, job_.name + ": interrupted while it waited for memory");
}

bool Stream::begin_sinks(const media::StreamInfo& info) {
    const detect::DetectorInfo& detector = stage_->detector_info();
    {
        std::lock_guard lock(mutex_);
        report_.decoder = info.decoder;
        if (info.decoders > 1) report_.decoder += fmt::format(" x {}", info.decoders);
        report_.width = info.width;
        report_.height = info.height;
        report_.input_width = detector.input_width;
        report_.input_height = detector.input_height;
        frames_expected_ = info.frame_count;
    }
    scope_.emplace(shared_.options.tracer, "decode", number_);
    if (info.frame_count) shared_.progress.frames_expected += *info.frame_count;
    const sink::Context context = context_of(info, detector, opened_->tracker != nullptr);
    for (auto& sink : opened_->sinks) {
        if (auto begun = sink->begin(context); !begun) {
            end(StreamStatus::failed, begun.error());
            return false;
        }
    }
    if (traced(scope_->lane())) {
        scope_->lane()->add(Activity::open, std::max(start_, shared_.options.tracer->start()),
                            SteadyTime::now());
    }
    return true;
}

void Stream::start(const media::StreamInfo& info) {
    Batcher& batcher = stage_->batcher();
    auto made = std::make_unique<Stages>(batcher.options().credit, shared_.options.queue);
    Stages& stages = *made;
    // Frames that wait are latency: a live stream keeps no more than even out its pace.
    constexpr std::size_t live_queue = 4;
    if (info.live) capacity_ = std::min(capacity_, live_queue);
    batcher.open(number_, info.live ? Batcher::Kind::live : Batcher::Kind::file, capacity_);
    stage_->open_stream(number_);
    stage_->router().add(number_, stages.detected);

    // A failure behind the decoder stops this stream's decoder, and with it the stream.
    const auto failed = [this] { give_up(); };
    if (shared_.options.refine.budget > 0) {
        stages.refine.emplace(shared_.options.refine, *stage_, number_);
    }
    const std::size_t streams = std::max<std::size_t>(shared_.pool.streams_at_once(), 1);
    if (!opened_->beside.empty()) {
        stages.join.emplace(batcher, number_, most_put_by / streams);
    }
    PartJoin* const join = stages.join ? &*stages.join : nullptr;
    stages.track.emplace(
        *opened_, stages.detected, stages.tracked, failed,
        TrackStage::Options{.refine = stages.refine ? &*stages.refine : nullptr,
                            .join = join,
                            .helpers = &shared_.helpers,
                            .streams = streams,
                            .controls = job_.controls.get(),
                            .keep_pixels = job_.keep_pixels && job_.on_result != nullptr});
    FrameCallback told;
    if (job_.on_result) {
        told = [this](const FrameResult& result, const Frame& frame) {
            return job_.on_result(result, frame, stop_.get_token());
        };
    }
    stages.sink.emplace(opened_->sinks, stages.tracked, batcher, shared_.progress, std::move(told),
                        failed, opened_->editor.get());
    MotionEstimator* const motion = opened_->motion.get();
    stages.decode.emplace(*opened_->source, batcher, join, job_.controls.get(), opened_->gate,
                          motion);
    for (const auto& further : opened_->beside) {
        stages.beside.emplace_back(*further, batcher, join, nullptr, std::nullopt, motion);
    }
    // By then its queue has been full once, and the decoder has all its surfaces.
    stages.settling = 1 + stages.beside.size();
    const auto settled = [this, &stages] {
        if (--stages.settling == 0) place_->settled();
    };
    const std::size_t enough = 2 * capacity_ + surfaces;
    stages.decode->call_after(enough, settled);
    for (DecodeStage& further : stages.beside) further.call_after(enough, settled);

    bool stopped = false;
    {
        std::lock_guard lock(mutex_);
        stages_ = std::move(made);
        bound_ = stage_;
        state_ = StreamState::running;
        stopped = stopped_.has_value();
    }
    const auto over = [this](bool& flag) {
        {
            std::lock_guard lock(mutex_);
            flag = true;
        }
        changed_.notify_all();
    };
    stages.track_thread = std::jthread([this, &stages, over] {
        {
            const LaneScope mine(shared_.options.tracer, "track", number_);
            stages.track->run(mine.lane());
        }
        over(tracked_);
    });
    stages.sink_thread = std::jthread([this, &stages, over] {
        {
            const LaneScope mine(shared_.options.tracer, "sink", number_);
            stages.sink->run(start_, mine.lane());
        }
        over(written_);
    });
    if (stopped) give_up();  // which came before there was anything to stop
}

/// Until the source ends or is left, and nothing of the stream is with the device.
void Stream::decode() {
    Stages& stages = *stages_;
    {
        std::vector<std::jthread> threads;
        for (DecodeStage& further : stages.beside) {
            threads.emplace_back([this, &further, part = threads.size() + 1] {
                const LaneScope mine(shared_.options.tracer, "decode", number_, part);
                further.run(mine.lane());
            });
        }
        stages.decode->run(scope_->lane());
    }
    enter(StreamState::finishing);
    Batcher& batcher = stage_->batcher();
    batcher.finish(number_);
    // (A device that is slow, or out of memory, may give them back later: they find no way, and
    // go.)
    batcher.wait_drained(number_, stop_.get_token(), grace());
    stage_->router().remove(number_);
    stages.detected.close(CloseReason::finished);
}

/// Until what the device gave is written, or dropped.
void Stream::drain() {
    Stages& stages = *stages_;
    if (!wait(tracked_)) {
        stages.detected.close(CloseReason::cancelled);
        stages.tracked.close(CloseReason::cancelled);
        if (stages.refine) stages.refine->cancel();
    }
    stages.track_thread.join();
    stages.tracked.close(CloseReason::finished);
    if (!wait(written_)) stages.tracked.close(CloseReason::cancelled);
    stages.sink_thread.join();

    const Drops dropped = stage_->batcher().close(number_);
    const std::size_t memory_peak = stage_->close_stream(number_);
    std::lock_guard lock(mutex_);
    report_.dropped = dropped;
    report_.memory_peak = memory_peak;
    if (stages.refine) report_.crops = stages.refine->crops();
    bound_ = nullptr;
    stages.sink->report(report_);
    report_.track = stages.track->times();
    report_.decode = stages.decode->times();
    for (const DecodeStage& further : stages.beside) report_.decode.merge(further.times());
    report_.passed_over = stages.passed_over();
    report_.carried = stages.decode->carried();
    outage_at_end_ = opened_->source->outage_at_end();
}

/// Each by itself: they wait side by side. What they held is free when all are gone.
void Stream::close_decoders() {
    opened_->beside.push_back(std::move(opened_->source));
    for (auto& decoder : opened_->beside) {
        shared_.closer.close(
            [left = std::shared_ptr<media::Source>(std::move(decoder)), place = place_]() mutable {
                left.reset();
                place.reset();
            });
    }
    opened_->beside.clear();
    place_.reset();
}

/// Sets status, error and damage from how the stages ended.
void Stream::judge() {
    Stages& stages = *stages_;
    DecodeEnd end = stages.decode->end();
    for (const DecodeStage& further : stages.beside) end.merge(further.end());
    const bool stopped = stop_.stop_requested();
    std::lock_guard lock(mutex_);
    report_.bad_images = std::move(end.bad_images);
    const std::uint64_t unwanted =
        report_.dropped.total() + report_.passed_over + (stages.join ? stages.join->dropped() : 0);
    const bool all_written = report_.frames + unwanted == report_.decode.count();
    auto failure = first_of({stages.sink->error(), stages.track->error(), stage_->error()});
    // (Closer looks that were cancelled fail, and mean nothing.)
    if (failure && stopped && failure->code == ErrorCode::interrupted) failure.reset();
    if (failure) {
        report_.status = StreamStatus::failed;
        report_.error = std::move(failure);
    } else if (stopped && (end.cut || !all_written)) {
        report_.status = StreamStatus::interrupted;
    } else if (report_.frames == 0) {
        report_.status = StreamStatus::failed;
        report_.error = end.error ? end.error
                                  : Error{ErrorCode::corrupt,
                                          report_.name + ": no frame could be decoded" +
                                              (end.damage.empty() ? "" : " (" + end.damage + ")"),
                                          "check that the file plays"};
    } else if (end.error || !end.damage.empty()) {
        report_.status = StreamStatus::partial;
        report_.damage = end.error ? end.error->line() : end.damage;
    }
}

/// A stream that gave no frame leaves no file; one that broke off leaves what it gave.
void Stream::finish_sinks() {
    const auto status = report_.status;  // (only this thread writes it)
    const sink::Outcome outcome = status == StreamStatus::complete      ? sink::Outcome::complete
                                  : status == StreamStatus::interrupted ? sink::Outcome::interrupted
                                                                        : sink::Outcome::failed;
    const auto finishing = SteadyTime::now();
    if (report_.frames > 0) {
        for (auto& sink : opened_->sinks) {
            if (outage_at_end_) sink->outage_at_end(*outage_at_end_);
            auto finished = sink->finish(outcome);
            std::lock_guard lock(mutex_);
            if (finished) {
                for (std::string& path : sink->paths()) report_.outputs.push_back(std::move(path));
            } else if (report_.status != StreamStatus::failed) {
                report_.status = StreamStatus::failed;
                report_.error = finished.error();
            }
        }
    }
    if (traced(scope_->lane())) {
        scope_->lane()->add(Activity::finish, finishing, SteadyTime::now());
    }
}

/// Stops what feeds the stream. Any thread.
void Stream::give_up() {
    std::unique_lock lock(mutex_);
    if (stop_.stop_requested() && !stopped_) stopped_ = SteadyTime::now();
    // (While it is bound, neither its source nor the detector goes: drain() waits for this lock.)
    if (bound_ != nullptr) {
        bound_->batcher().cancel(number_);
        opened_->source->interrupt();
        if (stages_->join) stages_->join->stop();
    }
    lock.unlock();
    changed_.notify_all();
}

void Stream::enter(StreamState state) {
    std::lock_guard lock(mutex_);
    state_ = state;
}

void Stream::end(StreamStatus status, std::optional<Error> error) {
    const bool left = stop_.stop_requested() && error && error->code == ErrorCode::interrupted;
    std::lock_guard lock(mutex_);
    report_.status = left ? StreamStatus::interrupted : status;
    if (!left) report_.error = std::move(error);
}

bool Stream::wait(const bool& done) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return done || stopped_; });
    if (done) return true;
    return changed_.wait_until(lock, *stopped_ + grace_period, [&] { return done; });
}

std::chrono::nanoseconds Stream::grace() const {
    // Half of it for the device, so that the other half is left for the outputs.
    return grace_period / 2;
}

void Stream::set_ended() {
    {
        std::lock_guard lock(mutex_);
        state_ = StreamState::ended;
    }
    changed_.notify_all();
}

bool Stream::ended() const {
    std::lock_guard lock(mutex_);
    return state_ == StreamState::ended;
}

bool Stream::wait_ended(Time until) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [&] { return state_ == StreamState::ended; });
}

std::optional<std::size_t> Stream::device() const {
    std::lock_guard lock(mutex_);
    return chosen_;
}

StreamReport Stream::report() const {
    std::lock_guard lock(mutex_);
    StreamReport report = report_;
    if (bound_ == nullptr) return report;
    report.dropped = bound_->batcher().state(number_).dropped;
    stages_->sink->report(report);
    report.track = stages_->track->times();
    report.decode = stages_->decode->times();
    report.passed_over = stages_->passed_over();
    report.carried = stages_->decode ? stages_->decode->carried() : 0;
    report.wall = SteadyTime::now() - start_;
    report.live = live_->view();
    return report;
}

void Stream::look(StreamSnapshot& snapshot) const {
    std::lock_guard lock(mutex_);
    snapshot.name = report_.name;
    snapshot.state = state_;
    snapshot.error = report_.error;
    snapshot.decoder = report_.decoder;
    snapshot.width = report_.width;
    snapshot.height = report_.height;
    snapshot.input_width = report_.input_width;
    snapshot.input_height = report_.input_height;
    snapshot.frames_expected = frames_expected_;
    Drops dropped = report_.dropped;
    if (stages_ != nullptr) {
        stages_->sink->look(snapshot);
        snapshot.passed_over = stages_->passed_over();
    } else {
        snapshot.frames = report_.frames;
        snapshot.detections = report_.detections;
        snapshot.passed_over = report_.passed_over;
        snapshot.latency = latency_of(report_.latency);
        snapshot.sender_latency = latency_of(report_.sender_latency);
    }
    if (bound_ != nullptr) {
        const Batcher::StreamState state = bound_->batcher().state(number_);
        dropped = state.dropped;
        snapshot.queued = state.waiting;
    }
    for (const DropCount& drop : drop_counts(dropped)) snapshot.drops.push_back(drop);
    const Time now = state_ == StreamState::ended ? ended_ : SteadyTime::now();
    snapshot.age = now - added_;
    snapshot.live = state_ == StreamState::ended ? report_.live : live_->view();
}

}  // namespace saccade::pipeline
