#include "track/sort/sort.h"

#include <algorithm>
#include <limits>

namespace saccade::track {

Result<void> Sort::update(const Observation& observation, std::vector<Track>& tracks) {
    const auto step = timeline_.step_to(observation);
    if (!step) return fail(step.error());
    const Timestamp now = observation.pts;
    timeline_.accept(now);
    frames_ = std::min(frames_ + 1, options_.min_hits + 1);

    select_detections(observation.detections, options_.min_score,
                      std::numeric_limits<float>::infinity(), chosen_);
    predict(*step * nominal_rate, now);
    associate(observation.detections);
    for (const auto [row, col] : association_.matches()) {
        const int index = chosen_[col];
        take(objects_[row], observation.detections[index], index, now);
    }
    for (const int row : association_.unmatched_rows()) {
        Object& o = objects_[row];
        o.gone = o.identity.state == TrackState::tentative;
        o.identity.state = TrackState::lost;
    }
    std::erase_if(objects_, [](const Object& o) { return o.gone; });
    for (const int col : association_.unmatched_cols()) {
        const Detection& d = observation.detections[chosen_[col]];
        objects_.push_back({Identity::of(next_id_++, d, chosen_[col], now), XysrFilter(d.box)});
        // Who is there at the start has had no chance to be seen before.
        if (frames_ <= options_.min_hits || options_.min_hits <= 1)
            objects_.back().identity.state = TrackState::confirmed;
    }

    tracks.clear();
    for (const Object& o : objects_) {
        if (!options_.reporting.wants(o.identity.state)) continue;
        tracks.push_back(
            o.identity.report(o.filter.box(), o.filter.velocity_x(), o.filter.velocity_y()));
    }
    return {};
}

void Sort::reset() {
    objects_.clear();
    timeline_.reset();
    frames_ = 0;
}

void Sort::predict(double frames, Timestamp now) {
    std::erase_if(objects_, [&](const Object& o) {
        return o.identity.state == TrackState::lost &&
               seconds(now - o.identity.seen) > options_.lost_seconds;
    });
    for (Object& o : objects_) {
        o.identity.begin_frame();
        o.filter.predict(frames);
    }
}

void Sort::associate(std::span<const Detection> detections) {
    row_boxes_.clear();
    col_boxes_.clear();
    for (const Object& o : objects_) row_boxes_.push(o.filter.box());
    for (const int c : chosen_) col_boxes_.push(detections[c].box);
    iou_matrix(row_boxes_, col_boxes_, cost_);
    for (std::size_t r = 0; r < objects_.size(); ++r) {
        float* row = cost_.row(r);
        const int class_id = objects_[r].identity.class_id;
        for (std::size_t c = 0; c < chosen_.size(); ++c) {
            const bool allowed =
                !options_.class_aware || detections[chosen_[c]].class_id == class_id;
            row[c] = allowed ? 1 - row[c] : std::numeric_limits<float>::infinity();
        }
    }
    association_.solve(cost_, 1 - options_.match_iou);
}

void Sort::take(Object& object, const Detection& detection, int index, Timestamp now) const {
    object.filter.update(detection.box);
    object.identity.take(detection, index, now);
    ++object.hits;
    if (object.identity.state == TrackState::lost || object.hits >= options_.min_hits) {
        object.identity.state = TrackState::confirmed;
    }
}

}  // namespace saccade::track
