#include "sink/cuda_paint.h"

namespace saccade::sink {
namespace {

constexpr int block_width = 32, block_height = 8;  // cells
constexpr int threads = block_width * block_height;

__device__ bool overlaps(const Rect& a, const Rect& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/// A thread a cell of four pixels, which it keeps in registers over all paints. A block looks at
/// 256 paints at a time, each thread at one, and goes through those that touch it, in their order.
__global__ void paint_cells(PaintJob job) {
    __shared__ int touching[threads];
    __shared__ int counts[block_height];
    const int column = static_cast<int>(threadIdx.x), row = static_cast<int>(threadIdx.y);
    const int first_x = static_cast<int>(blockIdx.x) * block_width;
    const int first_y = static_cast<int>(blockIdx.y) * block_height;
    const int cx = first_x + column, cy = first_y + row;
    const Rect block{2 * first_x, 2 * first_y, 2 * (first_x + block_width),
                     2 * (first_y + block_height)};
    const bool mine = 2 * cx < job.width && 2 * cy < job.height;
    Cell cell;
    if (mine) cell = load_cell(job, cx, cy);
    for (int first = 0; first < job.count; first += threads) {
        const int at = first + row * block_width + column;
        const bool touches = at < job.count && overlaps(job.paints[at].rect, block);
        const unsigned all = __ballot_sync(0xFFFFFFFFU, touches);  // a warp is a row
        if (column == 0) counts[row] = __popc(all);
        __syncthreads();
        int before = 0, total = 0;
        for (int i = 0; i < block_height; ++i) {
            if (i < row) before += counts[i];
            total += counts[i];
        }
        if (touches) touching[before + __popc(all & ((1U << column) - 1U))] = at;
        __syncthreads();
        if (mine) {
            for (int i = 0; i < total; ++i) {
                paint_cell(job.paints[touching[i]], job.masks, cx, cy, cell);
            }
        }
        __syncthreads();
    }
    if (mine) store_cell(job, cx, cy, cell);
}

}  // namespace

cudaError_t launch_paint(const PaintJob& job, cudaStream_t stream) {
    const int columns = (job.width + 1) / 2, rows = (job.height + 1) / 2;
    const dim3 block(block_width, block_height);
    const dim3 grid((columns + block_width - 1) / block_width,
                    (rows + block_height - 1) / block_height);
    paint_cells<<<grid, block, 0, stream>>>(job);
    return cudaGetLastError();
}

}  // namespace saccade::sink
