#include "track/sort/sort.h"

#include <limits>

namespace saccade::track {

Result<void> Sort::update(const Observation& observation, std::vector<Track>& tracks) {
    if (auto begun = objects_.begin_frame(observation); !begun) return begun;
    const auto detections = observation.detections;
    const Timestamp now = observation.pts;
    select_detections(detections, options_.min_score, std::numeric_limits<float>::infinity(),
                      chosen_);
    associate(detections);
    for (const auto [row, col] : association_.matches()) {
        const int index = chosen_[col];
        objects_[row].filter.update(detections[index].box);
        objects_.seen(objects_[row], detections[index], index, now);
    }
    for (const int row : association_.unmatched_rows()) objects_.missed(objects_[row]);
    objects_.drop_missed();
    for (const int col : association_.unmatched_cols()) {
        objects_.add(detections[chosen_[col]], chosen_[col], now);
    }
    objects_.report(tracks, [](const CountedObject& o) { return o.filter.box(); });
    return {};
}

void Sort::associate(std::span<const Detection> detections) {
    row_boxes_.clear();
    col_boxes_.clear();
    for (const CountedObject& o : objects_.all()) row_boxes_.push(o.filter.box());
    for (const int c : chosen_) col_boxes_.push(detections[c].box);
    finder_.find(row_boxes_, col_boxes_, pairs_);
    if (options_.class_aware) {
        for (std::size_t r = 0; r < objects_.size(); ++r) {
            for (auto& [c, cost] : pairs_.row(r)) {
                if (detections[chosen_[c]].class_id == objects_[r].identity.class_id) continue;
                cost = std::numeric_limits<float>::infinity();
            }
        }
    }
    association_.solve(pairs_, 1 - options_.match_iou);
}

}  // namespace saccade::track
