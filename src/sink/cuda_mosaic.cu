#include "sink/cuda_mosaic.h"

namespace saccade::sink {
namespace {

constexpr int threads = 256;
constexpr int block_width = 32, block_height = 8;

/// A block a cell: sums of whole numbers, so that the order of adding does not matter.
__global__ void take_colors(MosaicJob job) {
    const Mosaic& mosaic = job.mosaics[blockIdx.y];
    const int cell = static_cast<int>(blockIdx.x);
    if (cell >= mosaic.columns * mosaic.rows) return;
    __shared__ unsigned long long sums[3];
    if (threadIdx.x < 3) sums[threadIdx.x] = 0;
    __syncthreads();
    const Rect px = cell_rect(mosaic, cell % mosaic.columns, cell / mosaic.columns);
    const int width = px.width();
    unsigned long long luma = 0, u = 0, v = 0;
    for (int i = static_cast<int>(threadIdx.x); i < width * px.height(); i += threads) {
        const int x = px.left + i % width, y = px.top + i / width;
        luma += load_value(job.luma + y * job.luma_stride, x, job.words);
    }
    const int pairs = (width + 1) / 2, rows = (px.height() + 1) / 2;
    for (int i = static_cast<int>(threadIdx.x); i < pairs * rows; i += threads) {
        const int x = px.left / 2 + i % pairs, y = px.top / 2 + i / pairs;
        const std::uint8_t* const row = job.chroma + y * job.chroma_stride;
        u += load_value(row, 2 * x, job.words);
        v += load_value(row, 2 * x + 1, job.words);
    }
    atomicAdd(&sums[0], luma);
    atomicAdd(&sums[1], u);
    atomicAdd(&sums[2], v);
    __syncthreads();
    if (threadIdx.x >= 3) return;
    const unsigned long long count = threadIdx.x == 0
                                         ? static_cast<unsigned long long>(width) * px.height()
                                         : static_cast<unsigned long long>(pairs) * rows;
    job.cells[mosaic.first + cell].of[threadIdx.x] =
        cell_value(sums[threadIdx.x], count, job.words ? 16 : 8);
}

__global__ void cover_cells(MosaicJob job) {
    const int cx = static_cast<int>(blockIdx.x * block_width + threadIdx.x);
    const int cy = static_cast<int>(blockIdx.y * block_height + threadIdx.y);
    if (2 * cx < job.width && 2 * cy < job.height) cover_cell(job, cx, cy);
}

}  // namespace

cudaError_t launch_mosaic(const MosaicJob& job, int most_cells, cudaStream_t stream) {
    if (job.count > 0 && job.style != CoverStyle::fill) {
        take_colors<<<dim3(most_cells, job.count), threads, 0, stream>>>(job);
    }
    const dim3 block(block_width, block_height);
    const dim3 grid(((job.width + 1) / 2 + block_width - 1) / block_width,
                    ((job.height + 1) / 2 + block_height - 1) / block_height);
    cover_cells<<<grid, block, 0, stream>>>(job);
    return cudaGetLastError();
}

}  // namespace saccade::sink
