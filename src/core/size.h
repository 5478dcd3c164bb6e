// Width and height of a picture.
#pragma once

#include <compare>

namespace saccade {

/// In pixels.
struct Size {
    int width = 0, height = 0;
    friend auto operator<=>(const Size&, const Size&) = default;
};

}  // namespace saccade
