// A trace turned round: for each frame, when it was where.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "profile/measurement.h"
#include "trace/trace.h"

namespace saccade::profile {

/// Seconds since the tracer's start.
struct Interval {
    double begin = 0, end = 0;
    [[nodiscard]] double length() const noexcept { return end - begin; }
};

/// One frame's stay in every stage; a batch's frames share their interval.
struct FrameTimes {
    std::array<Interval, stage_count> stage;
    std::array<std::uint32_t, stage_count> batch{};  ///< frames that shared it; 0: never was there
    double queued = 0;     ///< when it was let into the queue before the device
    double handed_on = 0;  ///< when it was let into the queue before the sinks
    [[nodiscard]] bool whole() const noexcept;
};

/// By stream, each in order of the frames' numbers. Frames that were dropped on their way are left
/// out.
[[nodiscard]] std::map<std::uint32_t, std::vector<FrameTimes>> frame_times(const Tracer& tracer);

/// The network's own time a batch, seconds. What is seen is from submit to fetch; of that, waiting
/// for a free server (of `servers`) is not work, and a result that was ready before it was asked
/// for tells only an upper bound, which counts where nothing better is known.
[[nodiscard]] double network_service(const Tracer& tracer, std::size_t servers);

}  // namespace saccade::profile
