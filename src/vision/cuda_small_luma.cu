#include "vision/cuda_small_luma.h"

namespace saccade::vision {
namespace {

constexpr int block_width = 64, block_height = 4;

/// A thread a pixel of the small picture.
__global__ void small_luma(SmallLumaJob job, std::uint8_t* small) {
    const int x = static_cast<int>(blockIdx.x) * block_width + static_cast<int>(threadIdx.x);
    const int y = static_cast<int>(blockIdx.y) * block_height + static_cast<int>(threadIdx.y);
    if (x >= job.width || y >= job.height) return;
    small[static_cast<std::size_t>(y) * job.width + x] = small_luma_pixel(job, x, y);
}

}  // namespace

cudaError_t launch_small_luma(const SmallLumaJob& job, std::uint8_t* small, cudaStream_t stream) {
    const dim3 block(block_width, block_height);
    const dim3 grid((job.width + block_width - 1) / block_width,
                    (job.height + block_height - 1) / block_height);
    small_luma<<<grid, block, 0, stream>>>(job, small);
    return cudaGetLastError();
}

}  // namespace saccade::vision
