// The shape of a stream's pixels.
#pragma once

namespace saccade::media {

/// Width to height of one pixel as a viewer sees it (FFmpeg's sample aspect ratio), in lowest terms.
struct PixelAspect {
    int width = 1, height = 1;
    friend bool operator==(const PixelAspect&, const PixelAspect&) = default;
};

}  // namespace saccade::media
