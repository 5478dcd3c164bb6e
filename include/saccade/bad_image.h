// What is told of an image file that was no good.
#pragma once

#include <string>

namespace saccade {

/// An image of a source that could not be read, or not whole.
struct BadImage {
    std::string path;       ///< as the source named it
    std::string reason;     ///< "empty file", "not an image" ..., without the path
    bool left_out = false;  ///< it has no results; else what could be read of it has
};

}  // namespace saccade
