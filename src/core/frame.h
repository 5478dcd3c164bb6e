// The frame of the public API, and what only the engine does with it.
#pragma once

#include "saccade/frame.h"

namespace saccade {

/// Lets go of the picture's memory; size, format and time stay.
inline void drop_pixels(Frame& frame) noexcept {
    frame.planes = {};
    frame.owner.reset();
}

}  // namespace saccade
