// A point of a picture.
#pragma once

namespace saccade::track {

struct Point {
    float x = 0, y = 0;  ///< px
};

}  // namespace saccade::track
