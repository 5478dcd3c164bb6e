// What a device's thread and its slots were at, told to a tracer.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <vector>

#include "detect/detector.h"
#include "pipeline/batcher.h"
#include "trace/trace.h"

namespace saccade::pipeline {

/// The device thread's lane and one a slot of the detector. Does nothing without a tracer.
class DeviceTrace {
  public:
    using Time = TraceEvent::Time;

    DeviceTrace(Tracer* tracer, std::uint32_t device, int slots);

    /// Each call is about the time from `begin` until now.
    void starved(Time begin);
    /// The device was at work, and its thread waited for it or for frames.
    void waited(Time begin);
    void submitted(Time begin, const std::vector<Item>& batch);
    /// Of this time the network was waited for during `wait`; the rest was postprocessing.
    void collected(Time begin, std::chrono::nanoseconds wait);
    /// What the device says of the batch collected last, in front of collected().
    void told(const std::vector<detect::DeviceSpan>& spans);

    [[nodiscard]] bool on() const noexcept { return traced(scope_.lane()); }

  private:
    struct UnderWay {
        std::vector<FrameId> frames;
        Time since;
        std::size_t slot;
    };

    Tracer* const tracer_;
    const std::uint32_t device_;
    LaneScope scope_;
    std::vector<TraceLane*> slots_;
    std::size_t next_slot_ = 0;
    std::deque<UnderWay> under_way_;
};

}  // namespace saccade::pipeline
