// What is painted over a picture, as plain data that a GPU takes as it is: rectangles of one
// colour, all of them or by a mask of coverage. The arithmetic of one place is here, so that the
// kernel of cuda_paint.cu gives the bytes of the CPU.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/host_device.h"

namespace saccade::sink {

/// Whole pixels; right and bottom are exclusive.
struct Rect {
    int left = 0, top = 0, right = 0, bottom = 0;
    [[nodiscard]] SACCADE_HOST_DEVICE int width() const noexcept { return right - left; }
    [[nodiscard]] SACCADE_HOST_DEVICE int height() const noexcept { return bottom - top; }
    friend bool operator==(const Rect&, const Rect&) = default;
};

/// One step of painting. `rect` lies in the picture and is not empty.
struct Paint {
    Rect rect;
    /// Where in PaintList::masks its coverage begins, rows of rect.width() without gaps; -1:
    /// `alpha` everywhere.
    std::int32_t mask = -1;
    std::uint8_t y = 0, u = 0, v = 0;  ///< the colour in the picture's codes
    std::uint8_t alpha = 255;
};

/// In the order of painting.
struct PaintList {
    std::vector<Paint> paints;
    std::vector<std::uint8_t> masks;
    std::vector<std::uint8_t> scratch;  ///< memory for who makes the list
    void clear() noexcept {
        paints.clear();
        masks.clear();
    }
};

/// Exact division by 255 with rounding.
SACCADE_HOST_DEVICE inline std::uint8_t mix(int from, int to, int alpha) {
    const int v = from * (255 - alpha) + to * alpha + 128;
    return static_cast<std::uint8_t>((v + (v >> 8)) >> 8);
}

/// Of `paint` at a pixel; 0 outside of its rectangle.
SACCADE_HOST_DEVICE inline int coverage(const Paint& paint, const std::uint8_t* masks, int x,
                                        int y) {
    const Rect& r = paint.rect;
    if (x < r.left || x >= r.right || y < r.top || y >= r.bottom) return 0;
    if (paint.mask < 0) return paint.alpha;
    return masks[paint.mask + static_cast<std::ptrdiff_t>(y - r.top) * r.width() + (x - r.left)];
}

/// Four pixels and their chroma sample: luma in reading order.
struct Cell {
    std::uint8_t luma[4] = {};
    std::uint8_t u = 0, v = 0;
};

/// One paint over the cell whose first pixel is (2 cx, 2 cy).
SACCADE_HOST_DEVICE inline void paint_cell(const Paint& paint, const std::uint8_t* masks, int cx,
                                           int cy, Cell& cell) {
    int sum = 0;
    for (int i = 0; i < 4; ++i) {
        const int alpha = coverage(paint, masks, 2 * cx + (i & 1), 2 * cy + (i >> 1));
        sum += alpha;
        if (alpha != 0) cell.luma[i] = mix(cell.luma[i], paint.y, alpha);
    }
    // A quarter for each pixel that a rectangle covers; masks are rounded.
    const int alpha = paint.mask < 0 ? sum / 4 : (sum + 2) / 4;
    if (alpha == 0) return;
    cell.u = mix(cell.u, paint.u, alpha);
    cell.v = mix(cell.v, paint.v, alpha);
}

class Picture;

/// All of it, in its order.
void paint(const PaintList& list, Picture& picture);

}  // namespace saccade::sink
