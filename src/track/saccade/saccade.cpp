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
                    std::span<const int> rows, std::span<const int> cols, Matrix& cost) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const Box a = objects[rows[r]].filter.box();
        float* row = cost.row(r);
        for (std::size_t c = 0; c < cols.size(); ++c) {
            if (row[c] >= 1) continue;  // no overlap
            const Box& b = observation.detections[cols[c]].box;
            const float common = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
            const float all = std::max(a.y2, b.y2) - std::min(a.y1, b.y1);
            row[c] = 1 - (1 - row[c]) * std::sqrt(std::max(0.0F, common / all));
        }
    }
    BotSort::weigh(observation, objects, rows, cols, cost);
}

}  // namespace saccade::track
