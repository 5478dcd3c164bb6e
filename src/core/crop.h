// Parts of frames, without copies.
#pragma once

#include <optional>

#include "core/frame.h"

namespace saccade {

/// The pixels of a frame, in host or device memory, that `box` touches, as a view that shares their
/// ownership. Clipped to the frame; where chroma is subsampled it starts up to one pixel earlier,
/// on a chroma sample. Nothing where the box is empty, not finite or outside of the frame.
std::optional<Frame> crop(const Frame& frame, const Box& box);

}  // namespace saccade
