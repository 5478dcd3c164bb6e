// How long a batch of live frames may wait to fill, so that a latency is kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace saccade::pipeline {

/// Of each window of frames the 99th percentile of their latencies is held against the target: over
/// it the wait is halved, well under it the wait grows back by an eighth of the longest. Pure
/// logic; one thread at a time.
class WaitTuner {
  public:
    /// `target` 0: the wait is always the longest.
    WaitTuner(std::chrono::nanoseconds longest, std::chrono::nanoseconds target)
        : longest_(longest), target_(target), wait_(longest) {
        if (target_.count() > 0) latencies_.reserve(window);
    }

    /// A live frame's detections were there so long after it was decoded.
    void add(std::chrono::nanoseconds latency);
    [[nodiscard]] std::chrono::nanoseconds wait() const noexcept { return wait_; }

    static constexpr std::size_t window = 200;  ///< frames: two of them are above the percentile

  private:
    const std::chrono::nanoseconds longest_, target_;
    std::chrono::nanoseconds wait_;
    std::vector<std::chrono::nanoseconds> latencies_;
};

}  // namespace saccade::pipeline
