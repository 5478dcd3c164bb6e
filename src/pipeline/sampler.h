// Which frames of a stream are looked at, where not all are.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>

#include "saccade/types.h"

namespace saccade::pipeline {

/// Follows from the frames' order and times alone, so that equal input gives equal choices. One
/// thread.
class Sampler {
  public:
    /// Whether the frame shown at `pts` is taken: of every `stride` frames the first; of those, at
    /// most one in each 1 / `max_fps` seconds (0: all). The first frame is always taken, and so is
    /// the first after one of the two has changed.
    bool takes(Timestamp pts, int stride, double max_fps) {
        if (stride != stride_ || max_fps != max_fps_) {
            stride_ = stride;
            max_fps_ = max_fps;
            frames_ = 0;
            slot_ = none_yet;
        }
        if (frames_++ % static_cast<std::uint64_t>(std::max(stride, 1)) != 0) return false;
        return max_fps <= 0 || takes_slot(pts);
    }

  private:
    /// Time is cut into slots from the first frame on, and a slot takes one. A frame that comes up
    /// to a quarter of a slot early, 1 ms at most, counts for the next one: times in files are
    /// rounded.
    bool takes_slot(Timestamp pts) {
        if (slot_ == none_yet) {
            start_ = pts;
            slot_ = 0;
            return true;
        }
        const double early = std::min(0.25, 1e-3 * max_fps_);
        const auto slot =
            static_cast<std::int64_t>(std::floor(seconds(pts - start_) * max_fps_ + early));
        if (slot <= slot_) return false;
        slot_ = slot;
        return true;
    }

    static constexpr auto none_yet = std::numeric_limits<std::int64_t>::min();

    int stride_ = 1;
    double max_fps_ = 0;
    std::uint64_t frames_ = 0;
    Timestamp start_{0};
    std::int64_t slot_ = none_yet;  ///< the latest that took a frame
};

}  // namespace saccade::pipeline
