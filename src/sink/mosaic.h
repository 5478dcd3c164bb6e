// Covering a rectangle of a picture so that nothing of what was there can be told from it: a few
// cells, each with one colour of sixteen steps a component. What is here is the arithmetic of one
// place, which the kernels of cuda_mosaic.cu share. docs/redaction.md says why it is enough.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/frame.h"
#include "core/host_device.h"
#include "saccade/error.h"
#include "sink/paint.h"

namespace saccade::sink {

enum class CoverStyle : std::uint8_t {
    pixelate,  ///< the cells as they are
    blur,      ///< from the middle of a cell to that of the next without a step
    fill,      ///< one grey, the same everywhere
};

/// One place. `rect` begins on even pixels and ends on such or at the picture's edge.
struct Mosaic {
    Rect rect;
    int columns = 1, rows = 1;  ///< of cells, four at most
    int first = 0;              ///< of its cells among all
};

/// A cell's colour: Y U V, or R G B, in the samples' own scale.
struct CellColor {
    std::uint16_t of[3] = {};
};

/// The samples of one component: luma, say.
struct Samples {
    int shift_x = 0, shift_y = 0;  ///< log2 of its subsampling
    int bits = 8;                  ///< of the scale that its values stand in: 8, 10, or 16 of p010
};

/// Where cell `i` of `count` begins on one axis, px.
SACCADE_HOST_DEVICE inline int cell_begin(int begin, int size, int count, int i) {
    return begin + 2 * (i * ((size + 1) / 2) / count);
}

/// The largest value; of p010 the lower six bits stay empty.
SACCADE_HOST_DEVICE inline unsigned most_value(int bits) {
    return bits == 16 ? 0xFFC0U : (1U << bits) - 1;
}

/// Of samples at a time: exact mean, in one of sixteen steps.
SACCADE_HOST_DEVICE inline std::uint16_t cell_value(unsigned long long sum,
                                                    unsigned long long count, int bits) {
    if (count == 0) return 0;
    const auto mean = static_cast<unsigned>((sum + count / 2) / count);
    const unsigned step = 1U << (bits - 4), most = most_value(bits);
    const unsigned stepped = (mean + step / 2) / step * step;
    return static_cast<std::uint16_t>(stepped < most ? stepped : most);
}

/// What `fill` is made of.
SACCADE_HOST_DEVICE inline std::uint16_t fill_value(bool chroma, int bits) {
    return static_cast<std::uint16_t>(chroma ? 1U << (bits - 1) : 1U << (bits - 2));
}

/// In units of 1/256 cell from the middle of the first to that of the last: `at` of `size` samples.
SACCADE_HOST_DEVICE inline int cell_position(int at, int size, int count) {
    const long long position = (2LL * at + 1) * count * 128 / size - 128;
    const long long most = (count - 1) * 256LL;
    return static_cast<int>(position < 0 ? 0 : position < most ? position : most);
}

/// Of component `c` at sample (x, y) of the picture, which `mosaic` covers.
SACCADE_HOST_DEVICE inline std::uint16_t covered_value(const Mosaic& mosaic, const CellColor* cells,
                                                       CoverStyle style, const Samples& samples,
                                                       int c, bool chroma, int x, int y) {
    if (style == CoverStyle::fill) return fill_value(chroma, samples.bits);
    const Rect& r = mosaic.rect;
    const int px = x << samples.shift_x, py = y << samples.shift_y;
    const CellColor* const mine = cells + mosaic.first;
    if (style == CoverStyle::pixelate) {
        int column = mosaic.columns - 1, row = mosaic.rows - 1;
        while (column > 0 && px < cell_begin(r.left, r.width(), mosaic.columns, column)) --column;
        while (row > 0 && py < cell_begin(r.top, r.height(), mosaic.rows, row)) --row;
        return mine[row * mosaic.columns + column].of[c];
    }
    const int across = cell_position(px - r.left, r.width(), mosaic.columns);
    const int down = cell_position(py - r.top, r.height(), mosaic.rows);
    const int left = across >> 8, top = down >> 8, fx = across & 255, fy = down & 255;
    const int right = left + 1 < mosaic.columns ? left + 1 : left;
    const int below = top + 1 < mosaic.rows ? top + 1 : top;
    const auto value = [&](int column, int row) -> long long {
        return mine[row * mosaic.columns + column].of[c];
    };
    const long long upper = value(left, top) * (256 - fx) + value(right, top) * fx;
    const long long lower = value(left, below) * (256 - fx) + value(right, below) * fx;
    const auto value_there = static_cast<unsigned>((upper * (256 - fy) + lower * fy + 32768) >> 16);
    return static_cast<std::uint16_t>(value_there & most_value(samples.bits));
}

/// The cells of each place, as long as four and at least 16 px wide and high where the place is.
/// `places` as in FrameResult::redacted; `cells`: how many there are of all.
std::vector<Mosaic> mosaics_of(std::span<const Box> places, int width, int height, int& cells);

/// A copy of a frame in host memory, of any format, with the places covered. Errors: unsupported
/// for one without pixels there.
Result<Frame> cover_on_host(const Frame& frame, std::span<const Box> places, CoverStyle style);

}  // namespace saccade::sink
