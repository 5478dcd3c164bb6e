#include "vision/cuda_preprocess.h"

#include "vision/cuda_store.h"

namespace saccade::vision {
namespace {

constexpr int block_width = 32, block_height = 8;

/// A thread an output pixel; a layer of blocks an image.
template <typename T>
__global__ void letterbox(const PictureJob* jobs, int width, int height, bool bgr, float pad,
                          T* images) {
    const int x = static_cast<int>(blockIdx.x) * block_width + static_cast<int>(threadIdx.x);
    const int y = static_cast<int>(blockIdx.y) * block_height + static_cast<int>(threadIdx.y);
    if (x >= width || y >= height) return;
    const PictureJob& job = jobs[blockIdx.z];
    const int inner_x = x - job.letterbox.left, inner_y = y - job.letterbox.top;
    Rgb pixel{pad, pad, pad};
    if (inner_x >= 0 && inner_x < job.letterbox.new_width && inner_y >= 0 &&
        inner_y < job.letterbox.new_height) {
        pixel = letterbox_pixel(job, inner_x, inner_y);
    }
    const std::size_t plane = static_cast<std::size_t>(width) * height;
    T* const out = images + 3 * plane * blockIdx.z + static_cast<std::size_t>(y) * width + x;
    out[0] = as<T>(bgr ? pixel.b : pixel.r);
    out[plane] = as<T>(pixel.g);
    out[2 * plane] = as<T>(bgr ? pixel.r : pixel.b);
}

template <typename T>
void launch(const PictureJob* jobs, int count, const InputLayout& layout, void* images,
            cudaStream_t stream) {
    const dim3 block(block_width, block_height);
    const dim3 grid((layout.width + block_width - 1) / block_width,
                    (layout.height + block_height - 1) / block_height, count);
    letterbox<T><<<grid, block, 0, stream>>>(jobs, layout.width, layout.height, layout.bgr,
                                             layout.pad * layout.scale, static_cast<T*>(images));
}

}  // namespace

cudaError_t launch_letterbox(const PictureJob* jobs, int count, const InputLayout& layout,
                             void* images, cudaStream_t stream) {
    switch (layout.type) {
        case SampleType::f32: launch<float>(jobs, count, layout, images, stream); break;
        case SampleType::f16: launch<__half>(jobs, count, layout, images, stream); break;
        case SampleType::bf16: launch<__nv_bfloat16>(jobs, count, layout, images, stream); break;
        case SampleType::u8: launch<std::uint8_t>(jobs, count, layout, images, stream); break;
    }
    return cudaGetLastError();
}

}  // namespace saccade::vision
