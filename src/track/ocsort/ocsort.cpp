#include "track/ocsort/ocsort.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace saccade::track {
namespace {

constexpr float forbidden = std::numeric_limits<float>::infinity();

}  // namespace

Result<void> OcSort::update(const Observation& observation, std::vector<Track>& tracks) {
    if (auto begun = objects_.begin_frame(observation); !begun) return begun;
    const auto detections = observation.detections;
    const Timestamp now = observation.pts;
    select_detections(detections, options_.min_score, forbidden, cols_);
    associate_predictions(detections, now);
    associate_last_observations(detections, now);
    for (const int place : association_.unmatched_rows()) {
        objects_.missed(objects_[rows_left_[place]]);
    }
    objects_.drop_missed();
    for (const int place : association_.unmatched_cols()) {
        const int index = cols_left_[place];
        const Detection& d = detections[index];
        objects_.add(d, index, now, XysrFilter(d.box), Observations{d.box, now});
    }
    objects_.report(tracks, [](const Object& o) {
        return o.identity.detection >= 0 ? o.identity.raw_box : o.filter.box();
    });
    return {};
}

// Overlap with the predicted boxes, and the momentum: how far the way from an earlier observation
// to the detection turns away from the way the object went, as (pi/2 - angle) / pi in [-1/2, 1/2].
void OcSort::associate_predictions(std::span<const Detection> detections, Timestamp now) {
    rows_.resize(objects_.size());
    std::iota(rows_.begin(), rows_.end(), 0);
    row_boxes_.clear();
    col_boxes_.clear();
    for (const Object& o : objects_.all()) row_boxes_.push(o.filter.box());
    for (const int c : cols_) col_boxes_.push(detections[c].box);
    finder_.find(row_boxes_, col_boxes_, pairs_);

    // Half a nominal frame of slack, so that 3 frames are 3 frames however time was rounded.
    const auto span = std::chrono::duration_cast<Timestamp>(
        std::chrono::duration<double>(options_.momentum_seconds + 0.5 / nominal_rate));
    constexpr auto pi = std::numbers::pi_v<float>;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        const auto& seen = objects_[r].observations;
        const Box& last = seen.last().box;
        const Box& before = seen.since(seen.last().at - span).box;
        const Box& from = seen.since(now - span).box;
        const float vx = last.center_x() - before.center_x();
        const float vy = last.center_y() - before.center_y();
        const float speed = std::hypot(vx, vy);
        for (auto& [c, cost] : pairs_.row(r)) {
            if (!(1 - cost >= options_.match_iou)) {
                cost = forbidden;
                continue;
            }
            const Detection& d = detections[cols_[c]];
            const float dx = d.box.center_x() - from.center_x();
            const float dy = d.box.center_y() - from.center_y();
            const float way = std::hypot(dx, dy);
            float agreement = 0;
            if (speed > 0 && way > 0) {
                const float cosine = std::clamp((vx * dx + vy * dy) / (speed * way), -1.0F, 1.0F);
                agreement = (pi / 2 - std::acos(cosine)) / pi;
            }
            cost = -(1 - cost + options_.momentum_weight * agreement * d.score);
        }
    }
    forbid_other_classes(detections, rows_, cols_);
    association_.solve(pairs_, 0);
    take_matches(detections, rows_, cols_, now);

    rows_left_.clear();
    cols_left_.clear();
    for (const int place : association_.unmatched_rows()) rows_left_.push_back(place);
    for (const int place : association_.unmatched_cols()) cols_left_.push_back(cols_[place]);
}

// An object that stopped or turned while unseen is not where the filter guesses, but may still be
// near where it was.
void OcSort::associate_last_observations(std::span<const Detection> detections, Timestamp now) {
    row_boxes_.clear();
    col_boxes_.clear();
    for (const int r : rows_left_) row_boxes_.push(objects_[r].observations.last().box);
    for (const int c : cols_left_) col_boxes_.push(detections[c].box);
    finder_.find(row_boxes_, col_boxes_, pairs_);
    forbid_other_classes(detections, rows_left_, cols_left_);
    association_.solve(pairs_, 1 - options_.match_iou);
    take_matches(detections, rows_left_, cols_left_, now);
}

void OcSort::forbid_other_classes(std::span<const Detection> detections,
                                  const std::vector<int>& rows, const std::vector<int>& cols) {
    if (!options_.class_aware) return;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const int class_id = objects_[rows[r]].identity.class_id;
        for (auto& [c, cost] : pairs_.row(r)) {
            if (detections[cols[c]].class_id != class_id) cost = forbidden;
        }
    }
}

void OcSort::take_matches(std::span<const Detection> detections, const std::vector<int>& rows,
                          const std::vector<int>& cols, Timestamp now) {
    for (const auto [row, col] : association_.matches()) {
        Object& o = objects_[rows[row]];
        const int index = cols[col];
        const Detection& d = detections[index];
        if (o.identity.state == TrackState::lost) {
            re_update(o, d.box, now);
        } else {
            o.filter.update(d.box);
        }
        o.last_updated = o.filter;
        o.observations.push(d.box, now);
        objects_.seen(o, d, index, now);
    }
}

void OcSort::re_update(Object& object, const Box& box, Timestamp now) const {
    const auto& [from, at] = object.observations.last();
    const double frames = seconds(now - at) * nominal_rate;
    const int steps = static_cast<int>(std::clamp(std::round(frames), 1.0, 300.0));
    object.filter = object.last_updated;
    for (int i = 1; i <= steps; ++i) {
        const float t = static_cast<float>(i) / static_cast<float>(steps);
        const auto between = [t](float a, float b) { return a + t * (b - a); };
        object.filter.predict(frames / steps);
        object.filter.update({between(from.x1, box.x1), between(from.y1, box.y1),
                              between(from.x2, box.x2), between(from.y2, box.y2)});
    }
}

}  // namespace saccade::track
