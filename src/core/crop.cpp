#include "core/crop.h"

#include <cmath>
#include <cstddef>

namespace saccade {

std::optional<Frame> crop(const Frame& frame, const Box& box) {
    const bool finite = std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) &&
                        std::isfinite(box.y2);
    if (!finite) return std::nullopt;
    const Box inside =
        box.clipped(static_cast<float>(frame.width), static_cast<float>(frame.height));
    if (!(inside.area() > 0)) return std::nullopt;

    const PixelLayout layout = layout_of(frame.format);
    const int across = 1 << layout.chroma_shift_x, down = 1 << layout.chroma_shift_y;
    const int left = static_cast<int>(inside.x1) / across * across;
    const int top = static_cast<int>(inside.y1) / down * down;
    Frame part = frame;
    part.width = static_cast<int>(std::ceil(inside.x2)) - left;
    part.height = static_cast<int>(std::ceil(inside.y2)) - top;
    for (int p = 0; p < layout.planes; ++p) {
        // Samples that stand side by side for one pixel: R G B, or U V.
        int samples = 1;
        if (frame.format == PixelFormat::rgb24) samples = 3;
        if (layout.planes == 2 && p == 1) samples = 2;
        const int x = p == 0 ? left : left / across, y = p == 0 ? top : top / down;
        Plane& plane = part.planes[static_cast<std::size_t>(p)];
        plane.data +=
            plane.stride * y + static_cast<std::ptrdiff_t>(x) * samples * layout.bytes_per_sample;
    }
    return part;
}

}  // namespace saccade
