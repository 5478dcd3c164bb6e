// The time of one stream, as a tracker sees it.
#pragma once

#include <optional>

#include "saccade/error.h"
#include "saccade/types.h"
#include "track/tracker.h"

namespace saccade::track {

/// Turns timestamps into steps, and refuses what no tracker can take. A step counts only once it
/// is accepted, so that a refused frame changes nothing.
class Timeline {
  public:
    /// Seconds since the frame before, 0 at the first. Errors: invalid_argument where time goes
    /// backwards, the motion is no invertible finite map, or the embeddings do not fit the
    /// detections.
    [[nodiscard]] Result<double> step_to(const Observation& observation) const;

    void accept(Timestamp pts) noexcept { last_ = pts; }
    [[nodiscard]] bool at_start() const noexcept { return !last_; }
    void reset() noexcept { last_.reset(); }

  private:
    std::optional<Timestamp> last_;
};

}  // namespace saccade::track
