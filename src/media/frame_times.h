// Presentation times out of what containers and decoders give.
#pragma once

#include <cstdint>
#include <optional>

#include "saccade/types.h"

namespace saccade::media {

/// A rational number of seconds.
struct TimeBase {
    std::int64_t num = 1, den = 1000;
};

/// Turns a stream's timestamps into times since its start. Variable frame rate is kept as it is.
/// - A missing timestamp: the latest time plus the latest frame's duration, or plus one period of
///   the frame rate where no duration is known.
/// - A timestamp before the latest time by up to four periods of the frame rate: the latest time
///   again (a reordering slip). By more: the clock was set back (a concatenated or looped stream),
///   and time goes on from the latest time by one period.
/// So times never go backwards. One thread.
class FrameTimes {
  public:
    /// `start`: timestamp of time zero, if known; else the first frame's. `frame_rate` in Hz, 0
    /// where unknown (25 is taken for missing timestamps then).
    FrameTimes(TimeBase base, std::optional<std::int64_t> start, double frame_rate);

    /// Whether next() makes of this timestamp, known and in order, just the time that it says.
    [[nodiscard]] bool plain(std::int64_t timestamp) const;

    /// Both in units of the time base.
    Timestamp next(std::optional<std::int64_t> timestamp, std::optional<std::int64_t> duration);

    /// Time goes on at this timestamp, or at its own pace where that is noise, as if all up to it had been
    /// seen: for one who reads a stream in parts.
    void go_on_at(std::int64_t timestamp);

  private:
    [[nodiscard]] std::optional<Timestamp> to_time(std::int64_t units) const;

    TimeBase base_;
    std::optional<Timestamp> start_;
    Timestamp period_;
    std::optional<Timestamp> latest_;
    Timestamp step_;  // from the latest frame to the next, as far as is known
};

}  // namespace saccade::media
