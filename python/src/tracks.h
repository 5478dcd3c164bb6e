// Tracks and detections of a frame as numpy arrays, made when they are asked for.
#pragma once

#include <memory>
#include <vector>

#include "saccade/types.h"

namespace saccade::python {

struct Tracks {
    std::shared_ptr<const std::vector<Track>> all;
};

struct Detections {
    std::shared_ptr<const std::vector<Detection>> all;
};

}  // namespace saccade::python
