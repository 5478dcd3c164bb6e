// One picture's covering as the kernels of cuda_mosaic.cu do it; compiles for the host as well,
// where tests hold it against cover_on_host() byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/host_device.h"
#include "sink/mosaic.h"

namespace saccade::sink {

/// Plain data; pointers are into device memory (of the host in tests). nv12 or, with `words`, p010,
/// in and out.
struct MosaicJob {
    const std::uint8_t* luma = nullptr;
    const std::uint8_t* chroma = nullptr;
    std::ptrdiff_t luma_stride = 0, chroma_stride = 0;  ///< bytes
    int width = 0, height = 0;                          ///< px
    bool words = false;
    std::uint8_t* out = nullptr;  ///< `height` rows of luma, then those of chroma
    std::ptrdiff_t pitch = 0;     ///< of both, bytes
    const Mosaic* mosaics = nullptr;
    int count = 0;
    CellColor* cells = nullptr;
    CoverStyle style = CoverStyle::pixelate;
};

SACCADE_HOST_DEVICE inline unsigned load_value(const std::uint8_t* row, int at, bool words) {
    if (!words) return row[at];
    return row[2 * at] | static_cast<unsigned>(row[2 * at + 1]) << 8U;
}

SACCADE_HOST_DEVICE inline void store_value(std::uint8_t* row, int at, bool words, unsigned value) {
    if (!words) {
        row[at] = static_cast<std::uint8_t>(value);
        return;
    }
    row[2 * at] = static_cast<std::uint8_t>(value);
    row[2 * at + 1] = static_cast<std::uint8_t>(value >> 8U);
}

/// The four pixels from (2 cx, 2 cy) and their chroma, copied or covered. A place holds all four or
/// none; where several lie over each other the last one counts.
SACCADE_HOST_DEVICE inline void cover_cell(const MosaicJob& job, int cx, int cy) {
    const Samples luma{0, 0, job.words ? 16 : 8}, pairs{1, 1, job.words ? 16 : 8};
    const Mosaic* covering = nullptr;
    for (int i = job.count - 1; i >= 0 && covering == nullptr; --i) {
        const Rect& r = job.mosaics[i].rect;
        const bool in =
            2 * cx >= r.left && 2 * cx < r.right && 2 * cy >= r.top && 2 * cy < r.bottom;
        if (in) covering = &job.mosaics[i];
    }
    for (int i = 0; i < 4; ++i) {
        const int x = 2 * cx + (i & 1), y = 2 * cy + (i >> 1);
        if (x >= job.width || y >= job.height) continue;
        const unsigned value =
            covering != nullptr
                ? covered_value(*covering, job.cells, job.style, luma, 0, false, x, y)
                : load_value(job.luma + y * job.luma_stride, x, job.words);
        store_value(job.out + y * job.pitch, x, job.words, value);
    }
    const std::uint8_t* const from = job.chroma + cy * job.chroma_stride;
    std::uint8_t* const to = job.out + (job.height + cy) * job.pitch;
    for (int c = 0; c < 2; ++c) {
        const unsigned value = covering != nullptr ? covered_value(*covering, job.cells, job.style,
                                                                   pairs, 1 + c, true, cx, cy)
                                                   : load_value(from, 2 * cx + c, job.words);
        store_value(to, 2 * cx + c, job.words, value);
    }
}

/// The pixels of cell (column, row), clipped to its place.
SACCADE_HOST_DEVICE inline Rect cell_rect(const Mosaic& mosaic, int column, int row) {
    const Rect& r = mosaic.rect;
    const int right = cell_begin(r.left, r.width(), mosaic.columns, column + 1);
    const int bottom = cell_begin(r.top, r.height(), mosaic.rows, row + 1);
    return {cell_begin(r.left, r.width(), mosaic.columns, column),
            cell_begin(r.top, r.height(), mosaic.rows, row), right < r.right ? right : r.right,
            bottom < r.bottom ? bottom : r.bottom};
}

}  // namespace saccade::sink
