#include "track/saccade/saccade.h"

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

}  // namespace saccade::track
