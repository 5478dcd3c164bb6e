#include "pipeline/wait_tuner.h"

#include <algorithm>

namespace saccade::pipeline {

void WaitTuner::add(std::chrono::nanoseconds latency) {
    if (target_.count() <= 0) return;
    latencies_.push_back(latency);
    if (latencies_.size() < window) return;
    const auto p99 = latencies_.begin() + (window * 99 / 100 - 1);
    std::nth_element(latencies_.begin(), p99, latencies_.end());
    if (*p99 > target_) {
        wait_ /= 2;
    } else if (*p99 < target_ * 7 / 10) {  // between the two it stays: no swinging to and fro
        wait_ = std::min(longest_, wait_ + longest_ / 8);
    }
    latencies_.clear();
}

}  // namespace saccade::pipeline
