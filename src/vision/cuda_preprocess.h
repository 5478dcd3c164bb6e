// The letterbox kernel: pictures on the device into a network's input, in one pass.
#pragma once

#include <cuda_runtime_api.h>

#include "vision/cuda_pixel.h"
#include "vision/preprocess.h"

namespace saccade::vision {

/// Fills `images` (device memory, [count, 3, height, width] of layout.type, dense) from `jobs` (an
/// array of `count` in device memory), padding included. Work on `stream`; both arrays must stay
/// until it is done. Traffic an image: the source's samples under the taps, once, and 3 planes
/// written.
cudaError_t launch_letterbox(const PictureJob* jobs, int count, const InputLayout& layout,
                             void* images, cudaStream_t stream);

}  // namespace saccade::vision
