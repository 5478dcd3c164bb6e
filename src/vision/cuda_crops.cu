#include "vision/cuda_crops.h"
#include "vision/cuda_store.h"

namespace saccade::vision {
namespace {

constexpr int block_width = 32, block_height = 8;

/// A thread an output pixel; a layer of blocks an image.
template <typename T>
__global__ void crops(const PictureJob* jobs, int width, int height, ChannelScale channels,
                      T* images) {
    const int x = static_cast<int>(blockIdx.x) * block_width + static_cast<int>(threadIdx.x);
    const int y = static_cast<int>(blockIdx.y) * block_height + static_cast<int>(threadIdx.y);
    if (x >= width || y >= height) return;
    const Rgb pixel = letterbox_pixel(jobs[blockIdx.z], x, y);
    const std::size_t plane = static_cast<std::size_t>(width) * height;
    T* const out = images + 3 * plane * blockIdx.z + static_cast<std::size_t>(y) * width + x;
    out[0] = as<T>(normalised(pixel.r, channels, 0));
    out[plane] = as<T>(normalised(pixel.g, channels, 1));
    out[2 * plane] = as<T>(normalised(pixel.b, channels, 2));
}

template <typename T>
void launch(const PictureJob* jobs, int count, const InputLayout& layout,
            const ChannelScale& channels, void* images, cudaStream_t stream) {
    const dim3 block(block_width, block_height);
    const dim3 grid((layout.width + block_width - 1) / block_width,
                    (layout.height + block_height - 1) / block_height, count);
    crops<T><<<grid, block, 0, stream>>>(jobs, layout.width, layout.height, channels,
                                         static_cast<T*>(images));
}

}  // namespace

cudaError_t launch_crops(const PictureJob* jobs, int count, const InputLayout& layout,
                         const ChannelScale& channels, void* images, cudaStream_t stream) {
    switch (layout.type) {
        case SampleType::f32: launch<float>(jobs, count, layout, channels, images, stream); break;
        case SampleType::f16: launch<__half>(jobs, count, layout, channels, images, stream); break;
        case SampleType::bf16:
            launch<__nv_bfloat16>(jobs, count, layout, channels, images, stream);
            break;
        case SampleType::u8: return cudaErrorNotSupported;  // normalised values are none
    }
    return cudaGetLastError();
}

}  // namespace saccade::vision
