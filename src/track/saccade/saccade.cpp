#include "track/saccade/saccade.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

constexpr double slowing_seconds = 2;       ///< in which an unseen object falls to 1/e of its speed
constexpr double shortest_step = 1.0 / 30;  ///< up to here boxes reach no further
constexpr float reach_per_second = 1;       ///< of a box's size
constexpr float least_reach = 0.05F, most_reach = 0.8F;
constexpr float score_weight = 0.2F;

}  // namespace

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
    for (Object& o : objects) o.filter.shift(shift->x, shift->y);
}

void Saccade::coast(Object& object, double frames) {
    BotSort::coast(object, frames);
    object.filter.slow_down(std::exp(-frames / nominal_rate / slowing_seconds));
}

float Saccade::reach(Stage stage, double step) const {
    const auto further = reach_per_second * static_cast<float>(std::max(0.0, step - shortest_step));
    switch (stage) {
        case Stage::sure: return std::min(most_reach, least_reach + further);
        case Stage::unconfirmed: return std::min(most_reach, further);
        case Stage::unsure: return 0;
    }
    return 0;
}

void Saccade::weigh(Stage stage, const Observation& observation, std::span<const Object> objects,
                    std::span<const int> rows, std::span<const int> cols, PairList& pairs) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const Object& o = objects[rows[r]];
        const Box a = o.filter.box();
        for (auto& [c, cost] : pairs.row(r)) {
            const Detection& d = observation.detections[cols[c]];
            if (stage == Stage::unsure) {
                cost += score_weight * std::abs(o.identity.score - d.score);
                continue;
            }
            const float common = std::min(a.y2, d.box.y2) - std::max(a.y1, d.box.y1);
            const float all = std::max(a.y2, d.box.y2) - std::min(a.y1, d.box.y1);
            cost = 1 - (1 - cost) * std::max(0.0F, common / all);
        }
    }
    BotSort::weigh(stage, observation, objects, rows, cols, pairs);
}

}  // namespace saccade::track
