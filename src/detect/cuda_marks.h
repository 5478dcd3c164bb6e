// Where a batch's work on its CUDA stream begins and ends, for traces.
#pragma once

#include <array>
#include <chrono>
#include <vector>

#include "cuda/runtime.h"
#include "detect/detector.h"

namespace saccade::detect {

/// A moment that the device and the host both know.
class DeviceClock {
  public:
    /// Waits for the current device's stream `stream`. Throws CudaFailure.
    explicit DeviceClock(cudaStream_t stream) {
        event_.record(stream);
        event_.synchronize();
        host_ = std::chrono::steady_clock::now();
    }
    [[nodiscard]] std::chrono::steady_clock::time_point host_time(
        const cuda::TimedEvent& at) const {
        return host_ + at.since(event_);
    }

  private:
    cuda::TimedEvent event_;
    std::chrono::steady_clock::time_point host_;
};

/// The borders between a batch's pieces of work, in the order of the stream.
class CudaMarks {
  public:
    static constexpr std::array<const char*, 5> names{"upload", "preprocess", "network",
                                                      "postprocess", "download"};
    /// 0: before the first piece; i: behind the i-th.
    void mark(std::size_t border, cudaStream_t stream) { events_.at(border).record(stream); }

    /// When all are done. Throws CudaFailure.
    [[nodiscard]] std::vector<DeviceSpan> spans(const DeviceClock& clock, int stream) const {
        std::vector<DeviceSpan> spans;
        for (std::size_t i = 0; i < names.size(); ++i) {
            spans.push_back(
                {stream, names[i], clock.host_time(events_[i]), clock.host_time(events_[i + 1])});
        }
        return spans;
    }

  private:
    std::array<cuda::TimedEvent, names.size() + 1> events_;
};

}  // namespace saccade::detect
