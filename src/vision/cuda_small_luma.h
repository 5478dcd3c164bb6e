// The kernel that shrinks a picture's luma on the device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "vision/small_luma.h"

namespace saccade::vision {

/// Fills `small` (device memory, height x width bytes of the job, without padding). Work on
/// `stream`. Traffic: the luma once, and a factor^2-th of it written.
cudaError_t launch_small_luma(const SmallLumaJob& job, std::uint8_t* small, cudaStream_t stream);

}  // namespace saccade::vision
