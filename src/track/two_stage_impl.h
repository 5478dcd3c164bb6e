// The functions of TwoStageTracker; included by two_stage.h only.
#pragma once

#include <algorithm>

#include "track/two_stage.h"

namespace saccade::track {

/// Replaces `out` by those of `list` whose places are in `left`.
inline void keep_left(const std::vector<int>& list, std::span<const int> left,
                      std::vector<int>& out) {
    out.clear();
    for (const int place : left) out.push_back(list[place]);
}

template <typename Filter>
Result<void> TwoStageTracker<Filter>::update(const Observation& observation,
                                             std::vector<Track>& tracks) {
    const auto step = timeline_.step_to(observation);
    if (!step) return fail(step.error());
    const bool at_start = timeline_.at_start();
    timeline_.accept(observation.pts);

    constexpr float any = std::numeric_limits<float>::infinity();
    select_detections(observation.detections, options_.high_score, any, high_);
    select_detections(observation.detections, options_.low_score, options_.high_score, low_);
    step_ = *step;
    predict(step_ * nominal_rate, observation.pts);
    begin(observation, high_, objects_);

    // Stage one: the sure detections with all believed objects, seen or lost.
    associate(observation, Stage::sure, pool_, high_, options_.match_iou);
    keep_left(high_, association_.unmatched_cols(), high_left_);
    pool_left_.clear();
    for (const int place : association_.unmatched_rows()) {
        if (objects_[pool_[place]].identity.state == TrackState::confirmed) {
            pool_left_.push_back(pool_[place]);
        }
    }

    // Stage two: the unsure ones with objects that were seen in the frame before.
    associate(observation, Stage::unsure, pool_left_, low_, options_.low_iou);
    for (const int place : association_.unmatched_rows()) {
        objects_[pool_left_[place]].identity.state = TrackState::lost;
    }

    // An object seen only once must be seen again at once.
    associate(observation, Stage::unconfirmed, unconfirmed_, high_left_, options_.unconfirmed_iou);
    for (const int place : association_.unmatched_rows()) {
        objects_[unconfirmed_[place]].gone = true;
    }
    keep_left(high_left_, association_.unmatched_cols(), high_);

    drop_duplicates();
    forget_if([](const Object& o) { return o.gone; });
    start(observation, high_, at_start);
    const auto by_id = [](const Object& a, const Object& b) {
        return a.identity.id < b.identity.id;
    };
    if (!std::is_sorted(objects_.begin(), objects_.end(), by_id)) {
        std::sort(objects_.begin(), objects_.end(), by_id);  // an id of before is back
    }
    report(tracks);
    return {};
}

template <typename Filter>
void TwoStageTracker<Filter>::reset() {
    forget_if([](const Object&) { return true; });
    forgot_all();
    timeline_.reset();
}

template <typename Filter>
template <typename Condition>
void TwoStageTracker<Filter>::forget_if(Condition condition) {
    for (Object& o : objects_) {
        if (condition(o)) forget(o);
    }
    std::erase_if(objects_, condition);
}

template <typename Filter>
void TwoStageTracker<Filter>::predict(double frames, Timestamp now) {
    forget_if([&](const Object& o) {
        return o.identity.state == TrackState::lost &&
               seconds(now - o.identity.seen) > options_.lost_seconds;
    });
    pool_.clear();
    unconfirmed_.clear();
    for (std::size_t i = 0; i < objects_.size(); ++i) {
        Object& o = objects_[i];
        o.identity.begin_frame();
        if (o.identity.state == TrackState::lost) coast(o, frames);
        o.filter.predict(frames);
        (o.identity.state == TrackState::tentative ? unconfirmed_ : pool_)
            .push_back(static_cast<int>(i));
    }
}

/// Pairs objects with detections and lets the pairs take effect; the places left over stay in
/// association_.
template <typename Filter>
void TwoStageTracker<Filter>::associate(const Observation& observation, Stage stage,
                                        const std::vector<int>& rows, const std::vector<int>& cols,
                                        float least_overlap) {
    const auto detections = observation.detections;
    row_boxes_.clear();
    col_boxes_.clear();
    const float part = reach(stage, step_);
    for (const int r : rows) row_boxes_.push(grown(objects_[r].filter.box(), part));
    for (const int c : cols) col_boxes_.push(grown(detections[c].box, part));
    finder_.find(row_boxes_, col_boxes_, pairs_);
    weigh(stage, observation, objects_, rows, cols, pairs_);
    if (options_.class_aware) {
        for (std::size_t r = 0; r < rows.size(); ++r) {
            const int class_id = objects_[rows[r]].identity.class_id;
            for (auto& [c, cost] : pairs_.row(r)) {
                if (detections[cols[c]].class_id == class_id) continue;
                cost = std::numeric_limits<float>::infinity();
            }
        }
    }
    association_.solve(pairs_, 1 - least_overlap);

    for (const auto [row, col] : association_.matches()) {
        Object& o = objects_[rows[row]];
        const int index = cols[col];
        o.filter.update(detections[index].box);
        o.identity.take(detections[index], index, observation.pts);
        if (stage != Stage::unsure) seen(observation, o, index);
        if (o.identity.state == TrackState::tentative) believed(observation, o);
        o.identity.state = TrackState::confirmed;
    }
}

template <typename Filter>
void TwoStageTracker<Filter>::start(const Observation& observation, const std::vector<int>& cols,
                                    bool at_start) {
    for (const int c : cols) {
        const Detection& d = observation.detections[c];
        if (d.score < options_.new_score) continue;
        objects_.push_back({Identity::of(next_id_++, d, c, observation.pts), Filter(d.box)});
        Object& o = objects_.back();
        seen(observation, o, c);
        const bool at_once = step_ >= options_.sparse_step && d.score >= options_.sparse_score;
        if (at_once) believed(observation, o);
        if (at_once || at_start) o.identity.state = TrackState::confirmed;
    }
}

// A seen and a lost track at one place are one object: the one followed for longer stays.
template <typename Filter>
void TwoStageTracker<Filter>::drop_duplicates() {
    pool_.clear();
    pool_left_.clear();
    row_boxes_.clear();
    col_boxes_.clear();
    for (std::size_t i = 0; i < objects_.size(); ++i) {
        const Object& o = objects_[i];
        if (o.gone) continue;
        const bool lost = o.identity.state == TrackState::lost;
        (lost ? pool_left_ : pool_).push_back(static_cast<int>(i));
        (lost ? col_boxes_ : row_boxes_).push(o.filter.box());
    }
    finder_.find(row_boxes_, col_boxes_, pairs_);
    for (std::size_t r = 0; r < pool_.size(); ++r) {
        for (const auto& [c, cost] : pairs_.row(r)) {
            if (!(1 - cost > options_.duplicate_iou)) continue;
            Object &here = objects_[pool_[r]], &lost = objects_[pool_left_[c]];
            if (options_.class_aware && here.identity.class_id != lost.identity.class_id) continue;
            const bool here_is_older =
                here.identity.seen - here.identity.born > lost.identity.seen - lost.identity.born;
            (here_is_older ? lost : here).gone = true;
        }
    }
}

template <typename Filter>
void TwoStageTracker<Filter>::report(std::vector<Track>& tracks) const {
    tracks.clear();
    for (const Object& o : objects_) {
        if (!options_.reporting.wants(o.identity.state)) continue;
        tracks.push_back(
            o.identity.report(o.filter.box(), o.filter.velocity_x(), o.filter.velocity_y()));
    }
}

}  // namespace saccade::track
