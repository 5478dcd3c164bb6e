// Lists of boxes as the trackers' parts take them.
#pragma once

#include <vector>

#include "track/boxes.h"

namespace saccade::track {

inline BoxColumns columns(const std::vector<Box>& boxes) {
    BoxColumns c;
    for (const Box& b : boxes) c.push(b);
    return c;
}

}  // namespace saccade::track
