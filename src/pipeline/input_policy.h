// Which input size of the network a stream is given: the resolution policy.
#pragma once

#include "core/size.h"

namespace saccade::pipeline {

/// The side of the network's square input for pictures of this size, px: 640 up to 2,100,000 pixels
/// (1080p is 2,073,600), 480 up to 8,300,000 (3840x2160 is 8,294,400), 320 above. What a larger
/// picture costs to decode is taken back from the network.
[[nodiscard]] int side_for(Size source) noexcept;

/// The smallest input that a picture fills with its longer side on `side` and the least padding
/// that makes both sides multiples of `stride`: 1920x1080 on 640 gives 640x384.
[[nodiscard]] Size rectangle_for(Size source, int side, int stride) noexcept;

struct InputPolicy {
    Size own;              ///< the network's own input size
    bool dynamic = false;  ///< it runs at any multiple of `stride`
    int stride = 32;       ///< px
    int side = 0;          ///< as the user asked for; 0: side_for()
    bool rectangles = false;

    /// The input for a stream of this size. A network of one size keeps its own.
    [[nodiscard]] Size input_for(Size source) const noexcept;
};

}  // namespace saccade::pipeline
