// Where a picture lies in a network's input, and how boxes come back from there.
#pragma once

#include "core/placement.h"
#include "saccade/types.h"
#include "vision/sampling.h"

namespace saccade::vision {

/// A picture of src pixels, resized to new pixels and laid at (left, top) into dst pixels; the rest
/// is padding. Plain data: GPU kernels take it by value.
struct Letterbox {
    int src_width = 0, src_height = 0;
    int dst_width = 0, dst_height = 0;
    int new_width = 0, new_height = 0;  ///< at least 1
    int left = 0, top = 0;
    float gain_x = 1, gain_y = 1;  ///< new over src, but for the rounding of new
    friend bool operator==(const Letterbox&, const Letterbox&) = default;
};

/// The geometry that the published figures of the models were made with. Where the aspect ratio is
/// kept, both gains are the lesser of dst/src. Centred: new = round(src * gain), half to even, and
/// of an odd padding the smaller part goes left or top. Top left: new = floor(src * gain).
/// Stretched: new = dst, and each gain is its own dst/src. All sizes at least 1.
Letterbox make_letterbox(int src_width, int src_height, int dst_width, int dst_height,
                         Placement placement);

/// A box in the network's input, as a box in the picture, clipped to it.
[[nodiscard]] SACCADE_HOST_DEVICE inline Box to_source(const Box& box,
                                                       const Letterbox& l) noexcept {
    const float left = static_cast<float>(l.left), top = static_cast<float>(l.top);
    return Box{(box.x1 - left) / l.gain_x, (box.y1 - top) / l.gain_y, (box.x2 - left) / l.gain_x,
               (box.y2 - top) / l.gain_y}
        .clipped(static_cast<float>(l.src_width), static_cast<float>(l.src_height));
}

}  // namespace saccade::vision
