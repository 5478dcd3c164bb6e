#include "track/timeline.h"

#include <fmt/format.h>

#include <cmath>

namespace saccade::track {

Result<double> Timeline::step_to(const Observation& observation) const {
    const auto n = observation.detections.size();
    if (n == 0 ? !observation.embeddings.empty() : observation.embeddings.size() % n != 0) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("the tracker was given {} numbers of embeddings for {} detections",
                                observation.embeddings.size(), n),
                    "hand one embedding of the same length for each detection");
    }
    if (const auto& m = observation.motion) {
        const double determinant = m->a * m->e - m->b * m->d;
        if (!std::isfinite(determinant + m->c + m->f) || determinant == 0) {
            return fail(ErrorCode::invalid_argument,
                        "the tracker was given a camera motion that is no finite, invertible map",
                        "leave the motion out where it could not be estimated");
        }
    }
    if (!last_) return 0.0;
    if (observation.pts < *last_) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("the tracker was given a frame at {} ns after one at {} ns",
                                observation.pts.count(), last_->count()),
                    "hand frames in order of time, or reset the tracker after a seek");
    }
    return seconds(observation.pts - *last_);
}

}  // namespace saccade::track
