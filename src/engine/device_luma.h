// The small luma of frames that lie in a GPU's memory, brought to the host.
#pragma once

#include <cstdint>
#include <memory>

#include "core/frame.h"
#include "saccade/error.h"

namespace saccade::engine {

/// A luma on its way to the host. It keeps the frame's pixels until it is there. One thread at a
/// time; what goes before it is there waits for it.
class LumaOnItsWay {
  public:
    LumaOnItsWay() = default;
    LumaOnItsWay(const LumaOnItsWay&) = delete;
    LumaOnItsWay& operator=(const LumaOnItsWay&) = delete;
    virtual ~LumaOnItsWay() = default;

    /// Waits until it is there: width x height bytes, without padding, for as long as this lives.
    /// Error: internal (the device broke).
    virtual Result<const std::uint8_t*> wait() = 0;
};

/// A kernel shrinks the luma where it lies, and a copy of a few hundred KB follows, both on a
/// stream of this object's, so that neither the caller nor the detector's streams wait. Any thread,
/// several at once.
class DeviceLuma {
  public:
    DeviceLuma() = default;
    DeviceLuma(const DeviceLuma&) = delete;
    DeviceLuma& operator=(const DeviceLuma&) = delete;
    virtual ~DeviceLuma() = default;

    /// Errors: unavailable (a build without CUDA, no such device), internal.
    static Result<std::shared_ptr<DeviceLuma>> open(int device);

    /// Of a frame in this device's memory that is ready to be read; factor: track::motion_factor.
    /// Errors: out_of_memory, internal.
    virtual Result<std::unique_ptr<LumaOnItsWay>> take(const Frame& frame, int factor) = 0;
    [[nodiscard]] virtual int device() const noexcept = 0;
};

}  // namespace saccade::engine
