// One picture's painting as the kernel of cuda_paint.cu does it, cell by cell; compiles for the
// host as well, where tests hold it against the CPU's paint() byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/frame.h"
#include "core/host_device.h"
#include "sink/paint.h"

namespace saccade::sink {

/// Plain data; pointers are into device memory (of the host in tests).
struct PaintJob {
    const std::uint8_t* luma = nullptr;                 ///< nv12 or, with `words`, p010
    const std::uint8_t* chroma = nullptr;               ///< interleaved
    std::ptrdiff_t luma_stride = 0, chroma_stride = 0;  ///< bytes
    int width = 0, height = 0;                          ///< px
    bool words = false;
    std::uint8_t* out = nullptr;  ///< nv12: `height` rows of luma, then those of chroma
    std::ptrdiff_t pitch = 0;     ///< of both, even and at least the width
    const Paint* paints = nullptr;
    int count = 0;
    const std::uint8_t* masks = nullptr;
};

/// A sample as 8 bits: of 16 the upper ones, rounded.
SACCADE_HOST_DEVICE inline std::uint8_t load_sample(const std::uint8_t* row, int at, bool words) {
    if (!words) return row[at];
    const int value = row[2 * at] | row[2 * at + 1] << 8;
    const int rounded = (value + 128) >> 8;
    return static_cast<std::uint8_t>(rounded < 255 ? rounded : 255);
}

/// The cell whose first pixel is (2 cx, 2 cy), in the picture. Beyond an odd edge its last column
/// and row are repeated.
SACCADE_HOST_DEVICE inline Cell load_cell(const PaintJob& job, int cx, int cy) {
    Cell cell;
    for (int i = 0; i < 4; ++i) {
        int x = 2 * cx + (i & 1), y = 2 * cy + (i >> 1);
        if (x >= job.width) x = job.width - 1;
        if (y >= job.height) y = job.height - 1;
        cell.luma[i] = load_sample(job.luma + y * job.luma_stride, x, job.words);
    }
    const std::uint8_t* const pairs = job.chroma + cy * job.chroma_stride;
    cell.u = load_sample(pairs, 2 * cx, job.words);
    cell.v = load_sample(pairs, 2 * cx + 1, job.words);
    return cell;
}

SACCADE_HOST_DEVICE inline void store_cell(const PaintJob& job, int cx, int cy, const Cell& cell) {
    for (int row = 0; row < 2 && 2 * cy + row < job.height; ++row) {
        std::uint8_t* const to = job.out + (2 * cy + row) * job.pitch + 2 * cx;
        to[0] = cell.luma[2 * row];
        to[1] = cell.luma[2 * row + 1];  // the pitch is even: there is room
    }
    std::uint8_t* const to = job.out + (job.height + cy) * job.pitch + 2 * cx;
    to[0] = cell.u;
    to[1] = cell.v;
}

}  // namespace saccade::sink
