// A detector at work on frames from memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "detect/detector.h"

namespace saccade::bench {

/// Feeds a detector the same few frames again and again.
class Feeder {
  public:
    Feeder(detect::Detector& detector, const std::vector<Frame>& frames, std::size_t batch)
        : detector_(detector), frames_(frames), batch_(batch) {}

    /// Frames a second with as much under way as there is room for.
    Result<double> throughput(std::size_t batches);
    /// Appends the ms from submit to the results of one batch after the other, nothing else under
    /// way.
    Result<void> latencies(std::size_t batches, std::vector<double>& ms);

  private:
    Result<void> submit();

    detect::Detector& detector_;
    const std::vector<Frame>& frames_;
    const std::size_t batch_;
    std::size_t next_ = 0;
    std::vector<Frame> some_;
};

}  // namespace saccade::bench
