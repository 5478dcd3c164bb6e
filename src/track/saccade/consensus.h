// The jump that most objects make together: the camera's, seen in the detections alone.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "saccade/types.h"
#include "track/association.h"
#include "track/boxes.h"
#include "track/point.h"

namespace saccade::track {

/// Objects move each in their own way, and their filters know how. What all predictions miss by
/// alike is the camera: a jerk of the hand that holds it, or frames that were dropped while it
/// panned. Memory is kept from call to call. One thread at a time.
class Consensus {
  public:
    /// The median way from a predicted box to the detection it overlaps with (IoU of 0.1 or more,
    /// paired as a whole). Nothing where there are fewer than four pairs, or where fewer than half
    /// of them end within a tenth of their height of it.
    [[nodiscard]] std::optional<Point> shift(const BoxColumns& predicted, const BoxColumns& seen);

  private:
    struct Way {
        float x = 0, y = 0, height = 0;
    };
    [[nodiscard]] float median(float Way::* of);

    PairFinder finder_;
    PairList pairs_;
    Association association_;
    std::vector<Way> ways_;
    std::vector<float> sorted_;
};

}  // namespace saccade::track
