// Painting over copies of pictures that lie in a GPU's memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/frame.h"
#include "saccade/error.h"
#include "sink/paint.h"

namespace saccade::sink {

/// One thread. What it gives may outlive it.
class DevicePainter {
  public:
    enum class To : std::uint8_t {
        host,    ///< page-locked memory of the host: one copy over the bus
        device,  ///< stays there
    };
    DevicePainter() = default;
    DevicePainter(const DevicePainter&) = delete;
    DevicePainter& operator=(const DevicePainter&) = delete;
    virtual ~DevicePainter() = default;

    /// Starts an NV12 copy of `frame`, nv12 or p010 in device memory, with `list` over it, and
    /// returns at once. The frame's pixels are only read: others read them too. Of 10 bits 8 are
    /// left, rounded as by to_i420(). Errors: unsupported for another frame; out_of_memory,
    /// internal.
    virtual Result<void> start(const Frame& frame, const PaintList& list, To to) = 0;
    /// Waits for the oldest that was started and not taken. Chroma lies right behind the luma, its
    /// rows as far apart. Errors: internal.
    virtual Result<Frame> finish() = 0;
    [[nodiscard]] virtual std::size_t under_way() const noexcept = 0;
    /// An i420 picture of the host as NV12 on the device. Errors: out_of_memory, internal.
    virtual Result<Frame> upload(const Frame& picture) = 0;
};

/// Errors: unavailable (no CUDA in this build, no driver, no such GPU).
Result<std::unique_ptr<DevicePainter>> open_device_painter(int device);

/// A frame, or a part of one (core/crop.h), copied to the host in its own format; one that is there
/// as it is. Errors: out_of_memory, internal, unavailable.
Result<Frame> on_host(const Frame& frame);

}  // namespace saccade::sink
