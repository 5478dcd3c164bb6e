#include "engine/camera_motion.h"

#include <cstdint>
#include <cstring>

namespace saccade::engine {

std::optional<track::CameraMotion> FrameMotion::estimate(const Frame& frame,
                                                         std::span<const Detection> detections) {
    if (frame.memory != MemoryKind::host || frame.planes[0].data == nullptr) return std::nullopt;
    return estimator_.estimate(luma_of(frame), frame.width, frame.height, detections);
}

track::LumaView FrameMotion::luma_of(const Frame& frame) {
    const Plane& plane = frame.planes[0];
    const bool rgb = frame.format == PixelFormat::rgb24;
    const PixelLayout layout = layout_of(frame.format);
    if (!rgb && layout.bytes_per_sample == 1) {
        return {plane.data, frame.width, frame.height, plane.stride};
    }
    converted_.resize(frame.width, frame.height);
    // The high eight bits of a sample: p010 has ten bits at the top of sixteen, the others below.
    const int shift = frame.format == PixelFormat::p010 ? 8 : layout.depth - 8;
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* from = plane.data + y * plane.stride;
        std::uint8_t* to = converted_.row(y);
        for (int x = 0; x < frame.width; ++x) {
            if (rgb) {  // BT.601 luma in 8-bit fixed point
                to[x] = static_cast<std::uint8_t>(
                    (77 * from[3 * x] + 150 * from[3 * x + 1] + 29 * from[3 * x + 2]) >> 8);
            } else {
                std::uint16_t sample = 0;
                std::memcpy(&sample, from + 2 * x, 2);
                to[x] = static_cast<std::uint8_t>(sample >> shift);
            }
        }
    }
    return converted_.view();
}

}  // namespace saccade::engine
