// One pixel of a picture's luma, shrunk by a whole factor, as the kernel of cuda_small_luma.cu
// makes it: the arithmetic of track/camera_motion/luma.h and of engine/camera_motion.h. Compiles
// for the host as well, where tests hold it against those bit by bit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/frame.h"
#include "vision/sampling.h"

namespace saccade::vision {

/// Plain data; the pointer is into device memory (of the host in tests).
struct SmallLumaJob {
    const std::uint8_t* plane = nullptr;  ///< luma, or packed RGB
    std::ptrdiff_t stride = 0;            ///< bytes
    int width = 0, height = 0;            ///< of the small picture, px
    int factor = 1;                       ///< 1 to 16; a rest at the right or bottom is left out
    int step = 1;                         ///< bytes a pixel
    int shift = 0;                        ///< of 16-bit samples, to their high eight bits
    bool rgb = false;
};

/// For a frame in whatever memory.
[[nodiscard]] inline SmallLumaJob make_small_luma_job(const Frame& frame, int factor) noexcept {
    const PixelLayout layout = layout_of(frame.format);
    SmallLumaJob job;
    job.plane = frame.planes[0].data;
    job.stride = frame.planes[0].stride;
    job.width = frame.width / factor;
    job.height = frame.height / factor;
    job.factor = factor;
    job.rgb = frame.format == PixelFormat::rgb24;
    job.step = job.rgb ? 3 : layout.bytes_per_sample;
    if (layout.bytes_per_sample == 2) {
        job.shift = frame.format == PixelFormat::p010 ? 8 : layout.depth - 8;
    }
    return job;
}

SACCADE_HOST_DEVICE inline std::uint8_t luma_sample(const SmallLumaJob& job,
                                                    const std::uint8_t* at) {
    if (job.rgb) {  // BT.601 luma in 8-bit fixed point
        return static_cast<std::uint8_t>((77 * at[0] + 150 * at[1] + 29 * at[2]) >> 8);
    }
    if (job.step == 1) return *at;
    return static_cast<std::uint8_t>((at[0] | at[1] << 8) >> job.shift);
}

/// The mean of a block, to nearest.
SACCADE_HOST_DEVICE inline std::uint8_t small_luma_pixel(const SmallLumaJob& job, int x, int y) {
    const std::uint32_t count = static_cast<std::uint32_t>(job.factor * job.factor);
    std::uint32_t sum = count / 2;
    for (int dy = 0; dy < job.factor; ++dy) {
        const std::uint8_t* at = job.plane +
                                 job.stride * (static_cast<std::ptrdiff_t>(y) * job.factor + dy) +
                                 static_cast<std::ptrdiff_t>(x) * job.factor * job.step;
        for (int dx = 0; dx < job.factor; ++dx, at += job.step) sum += luma_sample(job, at);
    }
    return static_cast<std::uint8_t>(sum / count);
}

}  // namespace saccade::vision
