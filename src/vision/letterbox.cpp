#include "vision/letterbox.h"

#include <algorithm>
#include <cmath>

namespace saccade::vision {

Letterbox make_letterbox(int src_width, int src_height, int dst_width, int dst_height,
                         Placement placement) {
    const bool centered = placement == Placement::centered;
    const double gain = std::min(static_cast<double>(dst_width) / src_width,
                                 static_cast<double>(dst_height) / src_height);
    // The default rounding mode of nearbyint is half to even, as Python's round().
    const auto resized = [&](int src, int dst) {
        const double size = centered ? std::nearbyint(src * gain) : std::floor(src * gain + 1e-9);
        return std::clamp(static_cast<int>(size), 1, dst);
    };
    Letterbox l;
    l.src_width = src_width;
    l.src_height = src_height;
    l.dst_width = dst_width;
    l.dst_height = dst_height;
    l.new_width = resized(src_width, dst_width);
    l.new_height = resized(src_height, dst_height);
    if (centered) {
        l.left = (dst_width - l.new_width) / 2;
        l.top = (dst_height - l.new_height) / 2;
    }
    l.gain_x = l.gain_y = static_cast<float>(gain);
    if (placement == Placement::stretched) {
        l.new_width = dst_width;
        l.new_height = dst_height;
        l.gain_x = static_cast<float>(static_cast<double>(dst_width) / src_width);
        l.gain_y = static_cast<float>(static_cast<double>(dst_height) / src_height);
    }
    return l;
}

}  // namespace saccade::vision
