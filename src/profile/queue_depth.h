// How full a queue was, worked out from when each frame went in and came out.
#pragma once

#include <span>
#include <vector>

namespace saccade::profile {

struct Stay {
    double in = 0, out = 0;  ///< seconds
};

/// Of one queue (one stream's) over its life, from the first `in` to the last `out`.
struct DepthOverTime {
    double mean = 0, empty = 0, full = 0;  ///< frames; shares of its life
    double life = 0;                       ///< seconds
};

/// Adds to `series` (equal steps over `seconds`) the mean depth in each step.
[[nodiscard]] DepthOverTime depth_over_time(std::span<const Stay> stays, std::size_t capacity,
                                            double seconds, std::vector<double>& series);

}  // namespace saccade::profile
