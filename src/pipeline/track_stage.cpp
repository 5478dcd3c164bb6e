#include "pipeline/track_stage.h"

#include <algorithm>
#include <utility>

#include "core/range.h"

namespace saccade::pipeline {

TrackStage::TrackStage(const OpenedStream& stream, DetectedQueue& in, TrackedQueue& out,
                       std::function<void()> give_up, const Options& options)
    : tracker_(stream.tracker.get()),
      motion_(stream.motion.get()),
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
      give_up_(std::move(give_up)) {}

void TrackStage::run(TraceLane* lane) {
    std::vector<Detected> in_turn;
    const auto take_all = [&] {
        for (Detected& detected : in_turn) take(std::move(detected), lane);
        in_turn.clear();
    };
    while (auto detected = next(lane)) {
        if (join_ == nullptr) {
            take(std::move(*detected), lane);
        } else {
            join_->add(std::move(*detected), in_turn);
            take_all();
        }
    }
    if (join_ != nullptr) join_->finish(in_turn);
    take_all();
    while (!looking_.empty()) finish_look(lane);
    if (filter_ != nullptr) filter_->flush(ready_);
    hand_on(lane);
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
    FrameResult result{.id = frame.id,
                       .pts = frame.pts,
                       .width = frame.width,
                       .height = frame.height,
                       .detections = std::move(detected.detections),
                       .tracks = {},
                       .file = frame.file,
                       .boundary = nullptr,
                       .sender = frame.sender};
    if (refine_ == nullptr || error_ || detected.item.carried) {
        while (!looking_.empty()) finish_look(lane);
        return process(std::move(detected), std::move(result), lane);
    }
    if (refine_->full()) finish_look(lane);
    if (!error_) check(refine_->begin(frame, result.detections));
    looking_.push_back({std::move(detected), std::move(result)});
}

void TrackStage::finish_look(TraceLane* lane) {
    Looking oldest = std::move(looking_.front());
    looking_.pop_front();
    process(std::move(oldest.detected), std::move(oldest.result), lane);
}

void TrackStage::process(Detected detected, FrameResult result, TraceLane* lane) {
    const auto before = std::chrono::steady_clock::now();
    const FrameId id = result.id;
    {
        const Range range("track");
        cross(std::move(detected.item.boundary), result);
        if (detected.item.carried) {
            carry(result);
        } else if (!error_) {
            check(complete(detected.item.frame, result, lane));
            if (gated_) last_ = result;
        }
    }
    if (!keep_pixels_) drop_pixels(detected.item.frame);
    held_.push_back(std::move(detected.item));
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

Result<void> TrackStage::complete(const Frame& frame, FrameResult& result, TraceLane* lane) {
    if (refine_ != nullptr) {
        const auto before = std::chrono::steady_clock::now();
        if (auto done = refine_->finish(result.detections); !done) return done;
        if (traced(lane))
            lane->add(Activity::look, before, std::chrono::steady_clock::now(), frame.id);
    }
    if (controls_ != nullptr) {
        const Controls::Values& values = controls_->read(view_);
        if (values.filters()) {
            std::erase_if(result.detections, [&](const Detection& d) { return !values.keeps(d); });
        }
    }
    Result<void> done;
    if (tracker_ != nullptr) done = follow(frame, result);
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
void TrackStage::cross(std::shared_ptr<Boundary> boundary, FrameResult& result) {
    const auto gap = gap_before(result.pts);
    if (boundary == nullptr && gap.count() == 0) return;
    if (boundary == nullptr) boundary = std::make_shared<Boundary>();
    boundary->gap = gap;
    if (boundary->ends_identities()) {
        if (tracker_ != nullptr) tracker_->reset();
        if (motion_ != nullptr) motion_->reset();
    }
    result.boundary = std::move(boundary);
}

Result<void> TrackStage::follow(const Frame& frame, FrameResult& result) {
    track::Observation seen{
        .detections = result.detections,
        .pts = frame.pts,
        .motion = motion_ != nullptr ? motion_->estimate(frame, result.detections) : std::nullopt,
        .embeddings = {}};
    if (appearance_ != nullptr) {
        const auto looks = appearance_->encode(frame, result.detections);
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
