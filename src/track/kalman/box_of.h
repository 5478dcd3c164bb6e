// What the filters of boxes share.
#pragma once

#include <algorithm>

#include "saccade/types.h"
#include "track/kalman/axis_filter.h"

namespace saccade::track {

[[nodiscard]] constexpr double square(double v) noexcept {
    return v * v;
}

/// A box by centre and size; a negative size counts as 0.
[[nodiscard]] inline Box box_of(double cx, double cy, double w, double h) noexcept {
    w = std::max(w, 0.0), h = std::max(h, 0.0);
    return {static_cast<float>(cx - 0.5 * w), static_cast<float>(cy - 0.5 * h),
            static_cast<float>(cx + 0.5 * w), static_cast<float>(cy + 0.5 * h)};
}

/// A velocity per nominal frame as one per second.
[[nodiscard]] constexpr float per_second(double velocity) noexcept {
    return static_cast<float>(velocity * nominal_rate);
}

}  // namespace saccade::track
