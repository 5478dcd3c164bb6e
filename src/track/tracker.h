// Gives detections identities over time.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::track {

/// How the picture moved since the frame before: x' = a x + b y + c, y' = d x + e y + f, px.
struct CameraMotion {
    double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
};

/// What a tracker is told of one frame. Views are read during the call only.
struct Observation {
    std::span<const Detection> detections;
    Timestamp pts{0};                    ///< not before the last one's
    std::optional<CameraMotion> motion;  ///< where it was estimated
    std::span<const float> embeddings;   ///< row-major [detections, dim], or empty
};

/// One stream's tracker. Deterministic, no I/O, no clock but the timestamps. One thread at a time.
class Tracker {
  public:
    Tracker() = default;
    Tracker(const Tracker&) = delete;
    Tracker& operator=(const Tracker&) = delete;
    virtual ~Tracker() = default;

    /// Moves on by one frame. `tracks` is replaced by those to report, by ascending id; memory is
    /// reused from call to call. Detections with non-finite or empty boxes are not followed.
    /// Errors: invalid_argument where time goes backwards (the state is then unchanged).
    virtual Result<void> update(const Observation& observation, std::vector<Track>& tracks) = 0;

    /// Forgets every object; ids go on where they were, so none is used twice.
    virtual void reset() = 0;
};

}  // namespace saccade::track
