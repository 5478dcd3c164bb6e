#include "track/bytetrack/bytetrack.h"

#include <limits>

namespace saccade::track {
namespace {

/// Replaces a list by the places of it that an association left over.
void keep_left(const std::vector<int>& list, std::span<const int> left, std::vector<int>& out) {
    out.clear();
    for (const int place : left) out.push_back(list[place]);
}

}  // namespace

Result<void> ByteTrack::update(const Observation& observation, std::vector<Track>& tracks) {
    const auto step = timeline_.step_to(observation.pts);
    if (!step) return fail(step.error());
    const bool at_start = timeline_.at_start();
    const Timestamp now = observation.pts;
    const auto detections = observation.detections;
    timeline_.accept(now);

    constexpr float any = std::numeric_limits<float>::infinity();
    select_detections(detections, options_.high_score, any, high_);
    select_detections(detections, options_.low_score, options_.high_score, low_);
    begin_frame(*step * nominal_rate, now);

    // Stage one: the sure detections with all believed objects, seen or lost.
    associate(detections, pool_, high_, options_.match_iou, options_.fuse_score);
    take_matches(detections, pool_, high_, now);
    keep_left(high_, association_.unmatched_cols(), high_left_);
    pool_left_.clear();
    for (const int place : association_.unmatched_rows()) {
        if (objects_[pool_[place]].identity.state == TrackState::confirmed) {
            pool_left_.push_back(pool_[place]);
        }
    }

    // Stage two: the unsure ones with objects that were seen in the frame before.
    associate(detections, pool_left_, low_, options_.low_iou, false);
    take_matches(detections, pool_left_, low_, now);
    for (const int place : association_.unmatched_rows()) {
        objects_[pool_left_[place]].identity.state = TrackState::lost;
    }

    // An object seen only once must be seen again at once.
    associate(detections, unconfirmed_, high_left_, options_.unconfirmed_iou, options_.fuse_score);
    take_matches(detections, unconfirmed_, high_left_, now);
    for (const int place : association_.unmatched_rows()) {
        objects_[unconfirmed_[place]].gone = true;
    }
    keep_left(high_left_, association_.unmatched_cols(), high_);

    drop_duplicates();
    std::erase_if(objects_, [](const Object& o) { return o.gone; });
    start(detections, high_, at_start, now);
    report(tracks);
    return {};
}

void ByteTrack::reset() {
    objects_.clear();
    timeline_.reset();
}

void ByteTrack::begin_frame(double frames, Timestamp now) {
    std::erase_if(objects_, [&](const Object& o) {
        return o.identity.state == TrackState::lost &&
               seconds(now - o.identity.seen) > options_.lost_seconds;
    });
    pool_.clear();
    unconfirmed_.clear();
    for (std::size_t i = 0; i < objects_.size(); ++i) {
        Object& o = objects_[i];
        o.identity.begin_frame();
        if (o.identity.state == TrackState::lost) o.filter.hold_size();
        o.filter.predict(frames);
        (o.identity.state == TrackState::tentative ? unconfirmed_ : pool_)
            .push_back(static_cast<int>(i));
    }
}

void ByteTrack::associate(std::span<const Detection> detections, const std::vector<int>& rows,
                          const std::vector<int>& cols, float least_overlap, bool fuse) {
    row_boxes_.clear();
    col_boxes_.clear();
    for (const int r : rows) row_boxes_.push(objects_[r].filter.box());
    for (const int c : cols) col_boxes_.push(detections[c].box);
    iou_matrix(row_boxes_, col_boxes_, overlap_);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        float* cost = overlap_.row(r);
        const int class_id = objects_[rows[r]].identity.class_id;
        for (std::size_t c = 0; c < cols.size(); ++c) {
            const Detection& d = detections[cols[c]];
            cost[c] = 1 - (fuse ? cost[c] * d.score : cost[c]);
            if (options_.class_aware && d.class_id != class_id) {
                cost[c] = std::numeric_limits<float>::infinity();
            }
        }
    }
    association_.solve(overlap_, 1 - least_overlap);
}

void ByteTrack::take_matches(std::span<const Detection> detections, const std::vector<int>& rows,
                             const std::vector<int>& cols, Timestamp now) {
    for (const auto [row, col] : association_.matches()) {
        Object& o = objects_[rows[row]];
        const Detection& d = detections[cols[col]];
        o.filter.update(d.box);
        o.identity.take(d, cols[col], now);
        o.identity.state = TrackState::confirmed;
    }
}

void ByteTrack::start(std::span<const Detection> detections, const std::vector<int>& cols,
                      bool at_start, Timestamp now) {
    for (const int c : cols) {
        const Detection& d = detections[c];
        if (d.score < options_.new_score) continue;
        objects_.push_back({Identity::of(next_id_++, d, c, now), XyahFilter(d.box)});
        if (at_start) objects_.back().identity.state = TrackState::confirmed;
    }
}

// A seen and a lost track at one place are one object: the one followed for longer stays.
void ByteTrack::drop_duplicates() {
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
    iou_matrix(row_boxes_, col_boxes_, overlap_);
    for (std::size_t r = 0; r < pool_.size(); ++r) {
        for (std::size_t c = 0; c < pool_left_.size(); ++c) {
            if (overlap_.at(r, c) <= options_.duplicate_iou) continue;
            Object &seen = objects_[pool_[r]], &lost = objects_[pool_left_[c]];
            if (options_.class_aware && seen.identity.class_id != lost.identity.class_id) continue;
            const bool seen_is_older =
                seen.identity.seen - seen.identity.born > lost.identity.seen - lost.identity.born;
            (seen_is_older ? lost : seen).gone = true;
        }
    }
}

void ByteTrack::report(std::vector<Track>& tracks) const {
    tracks.clear();
    for (const Object& o : objects_) {
        if (!options_.reporting.wants(o.identity.state)) continue;
        tracks.push_back(
            o.identity.report(o.filter.box(), o.filter.velocity_x(), o.filter.velocity_y()));
    }
}

}  // namespace saccade::track
