// What detections look like, for trackers that know objects again by it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/frame.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::pipeline {

/// The looks of one frame's detections, on their way. One thread at a time.
class Looks {
  public:
    Looks() = default;
    Looks(const Looks&) = delete;
    Looks& operator=(const Looks&) = delete;
    virtual ~Looks() = default;

    /// Blocks until they are there. Row-major [detections, dim]: rows of length 1, or all zero
    /// where a detection shows nothing. Empty without detections. Valid while this lives. A failure
    /// is the stream's.
    virtual Result<std::span<const float>> wait() = 0;
    /// Of host memory, once they are there.
    [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;
};

/// A row depends on the pixels under its box and on nothing else: frames may be asked for in any
/// order, before their turn. Track thread.
class AppearanceEncoder {
  public:
    AppearanceEncoder() = default;
    AppearanceEncoder(const AppearanceEncoder&) = delete;
    AppearanceEncoder& operator=(const AppearanceEncoder&) = delete;
    virtual ~AppearanceEncoder() = default;

    /// Starts on a frame, whose pixels it holds for as long as it needs them. Blocks while too much
    /// is under way.
    virtual std::shared_ptr<Looks> begin(const Frame& frame,
                                         std::span<const Detection> detections) = 0;
    /// Frames that it makes sense to have under way.
    [[nodiscard]] virtual std::size_t ahead() const noexcept = 0;
};

}  // namespace saccade::pipeline
