#include "pipeline/track_stage.h"

#include <algorithm>
#include <utility>

#include "core/range.h"

namespace saccade::pipeline {

TrackStage::TrackStage(const OpenedStream& stream, DetectedQueue& in, TrackedQueue& out,
                       std::function<void()> give_up, const Options& options)
    : tracker_(stream.tracker.get()),
      appearance_(stream.appearance.get()),
      filter_(stream.filter.get()),
      refine_(options.refine),
      join_(options.join),
      controls_(options.controls),
      keep_pixels_(options.keep_pixels ||
                   std::any_of(stream.sinks.begin(), stream.sinks.end(),
                               [](const auto& sink) { return sink->wants_pixels(); })),
      gated_(stream.gate.has_value()),
      patience_(stream.patience),
      in_(in),
      out_(out),
      give_up_(std::move(give_up)) {
    if (tracker_ != nullptr && stream.motion != nullptr) {
        motion_.emplace(*stream.motion, options.helpers, options.streams);
    }
}

void TrackStage::run(TraceLane* lane) {
    for (;;) {
        // Neither the device nor decoders of later parts wait while a whole part has its turn.
        while (join_ != nullptr) {
            auto early = in_.try_pop();
            if (!early) break;
            came(*early);
            join_->add(std::move(*early), in_turn_);
        }
        if (!in_turn_.empty()) {
            take_in_turn(lane);
            continue;
        }
        auto detected = next(lane);
        if (!detected) break;
        came(*detected);
        if (join_ == nullptr) {
            take(std::move(*detected), lane);
        } else {
            join_->add(std::move(*detected), in_turn_);
        }
    }
    if (join_ != nullptr) join_->finish(in_turn_);
    while (!in_turn_.empty()) take_in_turn(lane);
    while (!looking_.empty()) finish_look(lane);
    if (filter_ != nullptr) filter_->flush(ready_);
    hand_on(lane);
}

void TrackStage::take_in_turn(TraceLane* lane) {
    Detected detected = std::move(in_turn_.front());
    in_turn_.pop_front();
    join_->leaves(detected.item);
    take(std::move(detected), lane);
}

std::optional<Detected> TrackStage::next(TraceLane* lane) {
    while (!looking_.empty()) {
        if (auto detected = in_.try_pop()) return detected;
        finish_look(lane);
    }
    return in_.pop();
}

void TrackStage::take(Detected detected, TraceLane* lane) {
    const Frame& frame = detected.item.frame;
    Looking now{.detected = {},
                .result = {.id = frame.id,
                           .pts = frame.pts,
                           .width = frame.width,
                           .height = frame.height,
                           .detections = std::move(detected.detections),
                           .tracks = {},
                           .file = frame.file,
                           .boundary = nullptr,
                           .sender = frame.sender},
                .motion = nullptr};
    now.resets = cross(std::move(detected.item.boundary), now.result);
    now.detected = std::move(detected);
    const bool looks = !error_ && !now.detected.item.carried;
    if (looks && refine_ != nullptr) {
        if (refine_->full()) finish_look(lane);
        if (!error_) check(refine_->begin(now.detected.item.frame, now.result.detections));
        looking_.push_back(std::move(now));
        return;
    }
    if (looks && motion_) begin_motion(now);
    if (now.motion == nullptr && now.detected.looks == nullptr) {
        while (!looking_.empty()) finish_look(lane);
        return process(std::move(now), lane);
    }
    // One alone is done at once, here; where there are more, several threads are.
    if (motion_ && !looking_.empty()) motion_->share();
    looking_.push_back(std::move(now));
    const std::size_t most =
        std::max(motion_ ? motion_->most() : 1, appearance_ != nullptr ? appearance_->ahead() : 1);
    while (looking_.size() > most) finish_look(lane);
}

void TrackStage::came(Detected& detected) {
    // (Closer looks change what there is, in order.)
    if (refine_ != nullptr || error_ || detected.item.carried) return;
    choose(detected.detections);
    if (tracker_ == nullptr || appearance_ == nullptr) return;
    detected.looks = appearance_->begin(detected.item.frame, detected.detections);
}

void TrackStage::finish_look(TraceLane* lane) {
    Looking oldest = std::move(looking_.front());
    looking_.pop_front();
    process(std::move(oldest), lane);
}

void TrackStage::begin_motion(Looking& looking) {
    if (looking.resets) motion_->cut();
    Item& item = looking.detected.item;
    if (item.picture == nullptr) return;
    looking.motion = motion_->begin(std::move(item.picture), looking.result.detections);
}

void TrackStage::choose(std::vector<Detection>& detections) {
    if (controls_ == nullptr) return;
    const Controls::Values& values = controls_->read(view_);
    if (!values.filters()) return;
    std::erase_if(detections, [&](const Detection& d) { return !values.keeps(d); });
}

void TrackStage::process(Looking looking, TraceLane* lane) {
    const auto before = std::chrono::steady_clock::now();
    FrameResult& result = looking.result;
    Item& item = looking.detected.item;
    const FrameId id = result.id;
    {
        const Range range("track");
        if (looking.resets && tracker_ != nullptr) tracker_->reset();
        if (item.carried) {
            carry(result);
        } else if (!error_) {
            check(complete(looking, lane));
            if (gated_) last_ = result;
        }
        // (What helpers may be at ends before what it is for.)
        if (looking.motion != nullptr) static_cast<void>(motion_->finish(*looking.motion));
    }
    if (!keep_pixels_) drop_pixels(item.frame);
    held_.push_back(std::move(item));
    if (filter_ != nullptr) {
        filter_->push(std::move(result), ready_);
    } else {
        ready_.push_back(std::move(result));
    }
    const auto after = std::chrono::steady_clock::now();
    times_.add(after - before);
    if (traced(lane)) lane->add(Activity::track, before, after, id);
    hand_on(lane);
}

void TrackStage::carry(FrameResult& result) const {
    result.carried = true;
    result.detections = last_.detections;
    result.tracks = last_.tracks;
}

/// The first failure ends the stream.
void TrackStage::check(const Result<void>& done) {
    if (done || error_) return;
    error_ = done.error();
    give_up_();
}

Result<void> TrackStage::complete(Looking& looking, TraceLane* lane) {
    FrameResult& result = looking.result;
    if (refine_ != nullptr) {
        const auto before = std::chrono::steady_clock::now();
        if (auto done = refine_->finish(result.detections); !done) return done;
        if (traced(lane))
            lane->add(Activity::look, before, std::chrono::steady_clock::now(), result.id);
        choose(result.detections);
        if (motion_) begin_motion(looking);
        if (tracker_ != nullptr && appearance_ != nullptr) {
            looking.detected.looks =
                appearance_->begin(looking.detected.item.frame, result.detections);
        }
    }
    Result<void> done;
    if (tracker_ != nullptr) done = follow(looking);
    if (done && refine_ != nullptr) refine_->followed(result);
    return done;
}

/// Far more than between other frames: an identity that was kept over it would be a guess.
std::chrono::nanoseconds TrackStage::gap_before(Timestamp pts) {
    constexpr int usuals = 10;
    const auto before = std::exchange(before_, pts);
    if (!before) return {};
    const Timestamp passed = pts - *before;
    const bool gap =
        !after_gap_ && usual_ > Timestamp{0} && passed > patience_ && passed / usuals > usual_;
    // (Two in a row are none: the stream has got slow.)
    after_gap_ = gap;
    if (gap) return passed;
    // Of rates that vary the slow end counts.
    usual_ = std::max(passed, usual_ - usual_ / 8);
    return {};
}

/// What docs/formats.md says of boundaries.
bool TrackStage::cross(std::shared_ptr<Boundary> boundary, FrameResult& result) {
    const auto gap = gap_before(result.pts);
    if (boundary == nullptr && gap.count() == 0) return false;
    if (boundary == nullptr) boundary = std::make_shared<Boundary>();
    boundary->gap = gap;
    const bool ends = boundary->ends_identities();
    result.boundary = std::move(boundary);
    return ends;
}

Result<void> TrackStage::follow(Looking& looking) {
    FrameResult& result = looking.result;
    const Frame& frame = looking.detected.item.frame;
    track::Observation seen{.detections = result.detections,
                            .pts = frame.pts,
                            .motion = std::nullopt,
                            .embeddings = {}};
    if (looking.motion != nullptr) {
        const auto motion = motion_->finish(*looking.motion);
        if (!motion) return fail(motion.error());
        seen.motion = *motion;
    }
    if (looking.detected.looks != nullptr) {
        const auto looks = looking.detected.looks->wait();
        if (!looks) return fail(looks.error());
        seen.embeddings = *looks;
    }
    return tracker_->update(seen, result.tracks);
}

void TrackStage::hand_on(TraceLane* lane) {
    for (FrameResult& result : ready_) {
        const auto before = std::chrono::steady_clock::now();
        const FrameId id = result.id;
        out_.push({.item = std::move(held_.front()), .result = std::move(result)});
        held_.pop_front();
        if (!traced(lane)) continue;
        lane->add(Activity::hand_on, before, std::chrono::steady_clock::now(), id);
    }
    ready_.clear();
}

}  // namespace saccade::pipeline
