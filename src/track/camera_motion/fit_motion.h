// The one motion that most point pairs agree on.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "track/camera_motion/optical_flow.h"
#include "track/tracker.h"

namespace saccade::track {

/// A similarity (turn, zoom, shift) by RANSAC (Fischler and Bolles 1981) and least squares on those
/// that agree. Deterministic: the same pairs give the same motion. Memory is kept from call to
/// call.
class MotionFitter {
  public:
    /// In the pairs' px. Nothing where fewer than 12 pairs, or fewer than a third of them, agree
    /// within 1 px, or the motion is no camera's (zoom beyond 0.5 to 2 from frame to frame).
    [[nodiscard]] std::optional<CameraMotion> fit(std::span<const FlowPair> pairs);

  private:
    std::vector<FlowPair> agreeing_;
};

}  // namespace saccade::track
