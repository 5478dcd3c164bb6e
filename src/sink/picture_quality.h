// How good a picture of an object is to look at.
#pragma once

#include <span>

#include "core/frame.h"
#include "saccade/types.h"

namespace saccade::sink {

/// What its box tells: larger is better, and so is what no other object covers and no edge of the
/// picture cuts. From 0; 1 for 200 x 200 px in the open. `others`: boxes of the same frame, its own
/// among them; those whose lower edge is lower are nearer, and cover it.
[[nodiscard]] double view_quality(const Box& box, std::span<const Box> others, int width,
                                  int height);

/// How much finest detail the luma of a frame in host memory has, from 0: the mean absolute
/// Laplacian over the mean contrast, at no more than 192 px a side, so that size alone says
/// nothing.
[[nodiscard]] double sharpness(const Frame& frame);

}  // namespace saccade::sink
