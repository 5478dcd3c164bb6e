// The time of one stream, as a tracker sees it.
#pragma once

#include <optional>

#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::track {

/// Turns timestamps into steps. A step is taken only when the whole frame is accepted.
class Timeline {
  public:
    /// Seconds since the frame before, 0 at the first. invalid_argument where time goes backwards.
    [[nodiscard]] Result<double> step_to(Timestamp pts) const {
        if (!last_) return 0.0;
        if (pts < *last_) {
            return fail(ErrorCode::invalid_argument,
                        "the tracker was given a frame that is older than the one before",
                        "hand frames in order of time, or reset the tracker after a seek");
        }
        return seconds(pts - *last_);
    }
    void accept(Timestamp pts) noexcept { last_ = pts; }
    [[nodiscard]] bool at_start() const noexcept { return !last_; }
    void reset() noexcept { last_.reset(); }

  private:
    std::optional<Timestamp> last_;
};

}  // namespace saccade::track
