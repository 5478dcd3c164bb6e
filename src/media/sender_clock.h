// Which packet came when, and what its sender's clock said: looked up when its picture comes out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/clock.h"
#include "saccade/types.h"

namespace saccade::media {

/// Of one connection. libavformat gives each packet the sender's wall clock once a sender report
/// (RFC 3550, 6.4.1) has come; it takes the difference of two 32-bit times for what it says, so
/// that between a wrap of them (every 13 hours at 90 kHz) and the next report it is off by one
/// whole turn, which is undone here. Any other jump is the sender's, and is told as it is. One
/// thread.
class SenderClock {
  public:
    /// `turn`: what 32 bits of the stream's time units come to; 0 where they are none of RTP's.
    explicit SenderClock(std::chrono::nanoseconds turn = {}) : turn_(turn) {}

    struct Stamp {
        Clock::time_point received{};
        SenderTime sender;
    };
    /// A packet goes to the decoder. `wall`: since 1970, UTC, where the sender has told.
    void note(std::int64_t pts, Clock::time_point received,
              std::optional<std::chrono::nanoseconds> wall);
    /// Of the packet with this time; nothing for one that was never noted, or long ago.
    [[nodiscard]] std::optional<Stamp> at(std::int64_t pts) const;

  private:
    static constexpr std::size_t most = 128;  ///< more than any decoder holds back
    struct Noted {
        std::int64_t pts;
        Stamp stamp;
    };
    std::chrono::nanoseconds turn_;
    std::deque<Noted> noted_;
    std::optional<std::chrono::nanoseconds> before_;  ///< the sender's clock at the latest packet
};

}  // namespace saccade::media
