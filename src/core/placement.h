// Where a picture lies in a network's input.
#pragma once

#include <cstdint>

namespace saccade {

enum class Placement : std::uint8_t {
    centered,   ///< aspect ratio kept, padding on both sides (YOLOv5 and its heirs)
    top_left,   ///< aspect ratio kept, padding right or below (YOLOX)
    stretched,  ///< the whole input filled, each side by a scale of its own (DETRs, ReID networks)
};

}  // namespace saccade
