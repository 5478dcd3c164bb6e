#include "track/botsort/botsort.h"

namespace saccade::track {

template class TwoStageTracker<XywhFilter>;

namespace {

std::span<const float> embedding_of(const Observation& o, int detection) {
    const std::size_t dim = o.embeddings.size() / o.detections.size();
    return o.embeddings.subspan(static_cast<std::size_t>(detection) * dim, dim);
}

}  // namespace

void BotSort::begin(const Observation& observation, std::span<const int> /*sure*/,
                    std::span<Object> objects) {
    if (!observation.embeddings.empty()) {
        appearance_.set_dimension(observation.embeddings.size() / observation.detections.size());
    }
    if (!observation.motion) return;
    for (Object& o : objects) o.filter.move(*observation.motion);
}

void BotSort::weigh(Stage stage, const Observation& observation, std::span<const Object> objects,
                    std::span<const int> rows, std::span<const int> cols, PairList& pairs) {
    if (stage == Stage::unsure) return;
    const bool looks = !observation.embeddings.empty();
    if (looks) overlaps_ = pairs;
    if (options_.stages.fuse_score) fuse_scores(observation, cols, pairs);
    if (!looks) return;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const int slot = objects[rows[r]].memory;
        if (slot < 0) continue;
        const auto distance = overlaps_.row(r);
        auto row = pairs.row(r);
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (distance[i].cost > options_.proximity) continue;
            const float d = appearance_.distance(slot, embedding_of(observation, cols[row[i].col]));
            if (d <= options_.appearance) row[i].cost = std::min(row[i].cost, d);
        }
    }
}

void BotSort::seen(const Observation& observation, Object& object, int detection) {
    if (observation.embeddings.empty()) return;
    if (object.memory < 0) object.memory = appearance_.acquire();
    appearance_.see(object.memory, embedding_of(observation, detection));
}

void BotSort::believed(const Observation& observation, Object& object) {
    if (options_.remember_seconds <= 0 || object.memory < 0) return;
    const auto span = std::chrono::duration<double>(options_.remember_seconds);
    const auto since = observation.pts - std::chrono::duration_cast<Timestamp>(span);
    const auto known = gallery_.recall(object.identity.class_id, object.memory, since, appearance_);
    if (known) object.identity.id = known->id;
}

void BotSort::forget(Object& object) {
    if (object.memory < 0) return;
    const Identity& i = object.identity;
    if (options_.remember_seconds > 0 && i.state == TrackState::lost && !object.gone) {
        gallery_.remember({i.id, i.class_id, i.seen, object.memory}, appearance_);
    } else {
        appearance_.release(object.memory);
    }
}

}  // namespace saccade::track
