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
    /// of them end within a fifth of their height of it. Short of that it is believed as far as it
    /// stands out of what is left of each pair: shrunk to 1 - s^2 / (n |way|^2) of itself, s being
    /// the median of what is left (after James and Stein). So a still camera with noisy boxes does
    /// not shake. In a crowd 256 objects, evenly chosen, speak for all.
    [[nodiscard]] std::optional<Point> shift(const BoxColumns& predicted, const BoxColumns& seen);

  private:
    struct Way {
        float x = 0, y = 0, height = 0;
    };
    template <typename Of>
    [[nodiscard]] float median(Of&& of);

    PairFinder finder_;
    PairList pairs_;
    Association association_;
    std::vector<Way> ways_;
    BoxColumns chosen_;
    std::vector<float> sorted_;
};

}  // namespace saccade::track
