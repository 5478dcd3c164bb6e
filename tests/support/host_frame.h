// Frames of whatever memory, as tests look at them. A test whose frames are on a GPU says so first:
// SACCADE_NEEDS_GPU().
#pragma once

#include <memory>
#include <stdexcept>
#include <vector>

#include "core/frame.h"
#ifdef SACCADE_HAS_CUDA
#include "cuda/driver.h"
#include "cuda/runtime.h"
#endif

namespace saccade::test {

/// The frame itself where it is on the host, else a copy there. Throws where this build can't reach
/// it.
inline Frame on_host(const Frame& frame) {
    if (frame.memory == MemoryKind::host) return frame;
#ifdef SACCADE_HAS_CUDA
    const cuda::DeviceScope scope(frame.device);
    const PixelLayout layout = layout_of(frame.format);
    Frame copy = frame;
    copy.memory = MemoryKind::host;
    auto bytes = std::make_shared<std::vector<std::vector<std::uint8_t>>>();
    for (std::size_t p = 0; p < static_cast<std::size_t>(layout.planes); ++p) {
        const int shift = p > 0 ? layout.chroma_shift_y : 0;
        const auto rows = static_cast<std::size_t>((frame.height + (1 << shift) - 1) >> shift);
        auto& plane = bytes->emplace_back(rows * static_cast<std::size_t>(frame.planes[p].stride));
        cuda::check(
            cudaMemcpy(plane.data(), frame.planes[p].data, plane.size(), cudaMemcpyDeviceToHost),
            "cudaMemcpy");
        copy.planes[p].data = plane.data();
    }
    copy.owner = bytes;
    return copy;
#else
    throw std::runtime_error("a frame on a GPU in a build without CUDA");
#endif
}

}  // namespace saccade::test

/// Skips the test, with the reason, where no GPU can be reached.
#ifdef SACCADE_HAS_CUDA
#define SACCADE_NEEDS_GPU()                                                 \
    do {                                                                    \
        if (const auto driver = ::saccade::cuda::probe_driver(); !driver) { \
            GTEST_SKIP() << driver.error().line();                          \
        }                                                                   \
    } while (false)
#else
#define SACCADE_NEEDS_GPU() GTEST_SKIP() << "this build has no GPU path"
#endif
