// Where points of one picture are in the next.
#pragma once

#include <span>
#include <vector>

#include "track/camera_motion/corners.h"
#include "track/camera_motion/kernels.h"
#include "track/camera_motion/luma.h"

namespace saccade::track {

struct FlowPair {
    Point from, to;
};

/// Pyramidal Lucas-Kanade (J.-Y. Bouguet, "Pyramidal implementation of the Lucas Kanade feature
/// tracker", 2000) with windows of 11 x 11 px, from the coarsest level that both pyramids have.
/// A point counts as found where the steps converge, it stays within the picture, and the two
/// windows then differ by less than 12 grey levels on average. `pairs` holds those, in order.
void follow_points(const LumaPyramid& before, const LumaPyramid& after,
                   std::span<const Point> points, std::vector<FlowPair>& pairs);

}  // namespace saccade::track
