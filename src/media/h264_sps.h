// What a sequence parameter set of H.264 says of the order in which pictures are shown.
#pragma once

#include <cstdint>
#include <span>

namespace saccade::media {

/// Whether a decoder knows from the start how far pictures are reordered: the set (one unit, with
/// its header byte) states it in its VUI (ITU-T H.264, E.2.1: max_num_reorder_frames), rules
/// reordering out (7.4.2.1.1: picture order count type 2), or is of a profile without B slices
/// (A.2.1: Baseline). Of others FFmpeg learns it while it decodes, and loses a picture each time it
/// learns. False for what is no whole set.
bool tells_reordering(std::span<const std::uint8_t> sps);

}  // namespace saccade::media
