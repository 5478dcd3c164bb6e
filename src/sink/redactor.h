// Frames as they are given out where something of them must not be seen: copies with places
// covered, in the memory where they lie.
#pragma once

#include <memory>
#include <span>

#include "core/frame.h"
#include "saccade/error.h"
#include "sink/mosaic.h"

namespace saccade::sink {

/// One thread. What it gives may outlive it.
class Redactor {
  public:
    explicit Redactor(CoverStyle style);
    Redactor(const Redactor&) = delete;
    Redactor& operator=(const Redactor&) = delete;
    ~Redactor();

    /// `places` as in FrameResult::redacted. A frame in a format and memory of its own; the frame
    /// itself where nothing is to be covered or it has no pixels. Errors: unsupported,
    /// out_of_memory, internal, unavailable.
    Result<Frame> redact(const Frame& frame, std::span<const Box> places);

  private:
    class Device;
    CoverStyle style_;
    std::unique_ptr<Device> device_;  ///< of the latest frame in device memory
};

}  // namespace saccade::sink
