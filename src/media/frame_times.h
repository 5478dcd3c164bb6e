// Presentation times out of what containers and decoders give.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "saccade/types.h"

namespace saccade::media {

/// A rational number of seconds.
struct TimeBase {
    std::int64_t num = 1, den = 1000;
};

/// Turns a stream's timestamps into times by the stream's own clock: a first picture that its file
/// shows at 2 s is at 2 s. Variable frame rate is kept as it is.
/// - Missing timestamps lie evenly between the known ones on both sides; before the first known one
/// and
///   behind the last, frames are one duration apart, or one period of the frame rate where none is
///   known. Frames wait for the next known one, but not more than `most_waiting`: then the stream
///   is taken for one without times, until one comes.
/// - A timestamp before the latest time by up to four periods of the frame rate: the latest time
///   again (a reordering slip). By more: the clock was set back (a concatenated or looped stream),
///   and time goes on from the latest time by one period.
/// So times never go backwards. One thread.
class FrameTimes {
  public:
    static constexpr std::size_t most_waiting = 8;

    /// `frame_rate` in Hz, 0 where unknown (25 is taken for missing timestamps then).
    FrameTimes(TimeBase base, double frame_rate);

    /// The next frame's, both in units of the time base. Appends the times that are known now, of
    /// this frame and those before it, in their order.
    void next(std::optional<std::int64_t> timestamp, std::optional<std::int64_t> duration,
              std::vector<Timestamp>& ready);
    /// Appends the times of all that wait: no frame follows, or one at `then`.
    void flush(std::optional<std::int64_t> then, std::vector<Timestamp>& ready);
    /// Whether next() makes of this timestamp just the time that it says, and none waits for it.
    [[nodiscard]] bool plain(std::int64_t timestamp) const;

    /// Time goes on at this timestamp, or at its own pace where that is noise, as if all up to it
    /// had been seen: for a reader that takes a stream in parts. Nothing waits.
    void go_on_at(std::int64_t timestamp);

  private:
    [[nodiscard]] std::optional<Timestamp> to_time(std::optional<std::int64_t> units) const;
    [[nodiscard]] std::optional<Timestamp> by_clock(std::optional<std::int64_t> timestamp) const;
    void fill(std::optional<Timestamp> until, std::vector<Timestamp>& ready);
    [[nodiscard]] Timestamp not_before_latest(Timestamp time);

    TimeBase base_;
    Timestamp period_;
    Timestamp offset_{0};  ///< of times over timestamps: what the clock was set back by
    std::optional<Timestamp> latest_;
    Timestamp step_;                  ///< from the latest frame to the next, as far as is known
    bool timeless_ = false;           ///< none was seen for long: nothing is worth waiting for
    std::vector<Timestamp> waiting_;  ///< durations of the frames whose times are not known yet
};

}  // namespace saccade::media
