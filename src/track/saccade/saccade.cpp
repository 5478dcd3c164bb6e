#include "track/saccade/saccade.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {

void Saccade::begin(const Observation& observation, std::span<const int> sure,
                    std::span<Object> objects) {
    BotSort::begin(observation, sure, objects);
    predicted_.clear();
    seen_.clear();
    for (const Object& o : objects) {  // those seen in the frame before, whose predictions are good
        if (o.identity.state == TrackState::confirmed) predicted_.push(o.filter.box());
    }
    for (const int i : sure) seen_.push(observation.detections[i].box);
    const auto shift = consensus_.shift(predicted_, seen_);
    if (!shift) return;
    for (Object& o : objects) o.filter.move({1, 0, shift->x, 0, 1, shift->y});
}

void Saccade::weigh(const Observation& observation, std::span<const Object> objects,
                    std::span<const int> rows, std::span<const int> cols, PairList& pairs) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const Box a = objects[rows[r]].filter.box();
        for (auto& [c, cost] : pairs.row(r)) {
            const Box& b = observation.detections[cols[c]].box;
            const float common = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
            const float all = std::max(a.y2, b.y2) - std::min(a.y1, b.y1);
            cost = 1 - (1 - cost) * std::sqrt(std::max(0.0F, common / all));
        }
    }
    BotSort::weigh(observation, objects, rows, cols, pairs);
}

}  // namespace saccade::track
