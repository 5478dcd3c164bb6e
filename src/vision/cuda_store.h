// A kernel's float as what a network's input holds. To be included by kernels alone.
#pragma once

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include <cstdint>

#include "vision/sampling.h"

namespace saccade::vision {

template <typename T>
__device__ T as(float value);
template <>
__device__ inline float as<float>(float value) {
    return value;
}
template <>
__device__ inline __half as<__half>(float value) {
    return __float2half_rn(value);
}
template <>
__device__ inline __nv_bfloat16 as<__nv_bfloat16>(float value) {
    return __float2bfloat16_rn(value);
}
template <>
__device__ inline std::uint8_t as<std::uint8_t>(float value) {
    return static_cast<std::uint8_t>(rintf(clamp_to(value, 255.0F)));
}

}  // namespace saccade::vision
