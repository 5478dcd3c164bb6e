// Which part of a device's memory goes to what.
#pragma once

#include <cstddef>

namespace saccade::memory {

/// Of what is available to images: so much is filled with them.
inline constexpr double kImageShare = 0.8;
/// Of the limit: above, the governor warns and takes an image off the batch, and no decoder is let
/// in.
inline constexpr double kFullShare = 0.9;

[[nodiscard]] inline std::size_t part(std::size_t bytes, double share) {
    return static_cast<std::size_t>(static_cast<double>(bytes) * share);
}
/// Zero rather than below.
[[nodiscard]] constexpr std::size_t less(std::size_t a, std::size_t b) {
    return a > b ? a - b : 0;
}

}  // namespace saccade::memory
