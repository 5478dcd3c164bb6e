// Tensors of whatever memory, read and written by tests on the host.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "infer/tensor.h"
#ifdef SACCADE_HAS_CUDA
#include "cuda/runtime.h"
#endif

namespace saccade::test {

/// Bytes [offset, offset + size) of the tensor. Throws where this build can't reach its memory.
inline std::vector<std::uint8_t> read_tensor(const infer::TensorView& view, std::size_t offset,
                                             std::size_t size) {
    std::vector<std::uint8_t> bytes(size);
    const auto* from = static_cast<const std::uint8_t*>(view.data) + offset;
    if (view.memory == MemoryKind::host) {
        std::memcpy(bytes.data(), from, size);
        return bytes;
    }
#ifdef SACCADE_HAS_CUDA
    const cuda::DeviceScope scope(view.device);
    cuda::check(cudaMemcpy(bytes.data(), from, size, cudaMemcpyDeviceToHost), "cudaMemcpy");
    return bytes;
#else
    throw std::runtime_error("a tensor on a GPU in a build without CUDA");
#endif
}

inline void write_tensor(const infer::TensorView& view, std::size_t offset, const void* from,
                         std::size_t size) {
    auto* to = static_cast<std::uint8_t*>(view.data) + offset;
    if (view.memory == MemoryKind::host) {
        std::memcpy(to, from, size);
        return;
    }
#ifdef SACCADE_HAS_CUDA
    const cuda::DeviceScope scope(view.device);
    const cuda::Stream
        stream;  // (what comes from pageable memory need not be there when cudaMemcpy returns)
    cuda::check(cudaMemcpyAsync(to, from, size, cudaMemcpyHostToDevice, stream.get()),
                "cudaMemcpyAsync");
    stream.synchronize();
#else
    throw std::runtime_error("a tensor on a GPU in a build without CUDA");
#endif
}

}  // namespace saccade::test
