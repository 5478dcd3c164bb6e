// The letterbox kernel's twin for parts of pictures: stretched to a network's input, normalised by
// channel.
#pragma once

#include <cuda_runtime_api.h>

#include "vision/cuda_pixel.h"
#include "vision/preprocess.h"

namespace saccade::vision {

/// Of each of R, G, B: (value - mean) * scale, rounded one by one.
struct ChannelScale {
    float mean[3] = {0, 0, 0};
    float scale[3] = {1, 1, 1};
};

SACCADE_HOST_DEVICE inline float normalised(float value, const ChannelScale& channels, int i) {
    return multiply(add(value, -channels.mean[i]), channels.scale[i]);
}

/// Fills `images` (device memory, [count, 3, height, width] of layout.type, dense, R first) from
/// `jobs` (an array of `count` in device memory), each stretched over its whole image. Work on
/// `stream`; both arrays, and the taps that they point to, must stay until it is done.
cudaError_t launch_crops(const PictureJob* jobs, int count, const InputLayout& layout,
                         const ChannelScale& channels, void* images, cudaStream_t stream);

}  // namespace saccade::vision
