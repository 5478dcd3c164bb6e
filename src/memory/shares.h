// How a device's memory is divided.
#pragma once

#include <cstddef>

namespace saccade::memory {

/// Of what is available to images, the share that is filled with them.
inline constexpr double image_share = 0.8;
/// Of the limit. Above it the governor warns and takes an image off the batch, and no decoder is
/// admitted.
inline constexpr double full_share = 0.9;

[[nodiscard]] inline std::size_t share_of(std::size_t bytes, double share) {
    return static_cast<std::size_t>(static_cast<double>(bytes) * share);
}
/// a - b, or 0 where b is the larger.
[[nodiscard]] constexpr std::size_t saturating_sub(std::size_t a, std::size_t b) {
    return a > b ? a - b : 0;
}

}  // namespace saccade::memory
