// A live stream's times, over all its connections.
#pragma once

#include <chrono>
#include <optional>

#include "core/clock.h"
#include "saccade/types.h"

namespace saccade::media {

/// Within a connection time goes at the sender's pace; between two connections at ours, since each
/// begins at any time that it likes. A connection's first time is not trusted: senders are seen to
/// put it a second or more ahead of the second one. So it only counts from where the next goes on.
///
/// - Back by whatever little or much, or on by `jump` more than time has passed here: the sender's
///   clock was set. What passed here counts instead, and it goes on from there.
/// - Drift between the clocks is the sender's: over a day it may be some seconds, and no frame sees
///   it. Times never go backwards. One thread.
class LiveTimes {
  public:
    using Time = Clock::time_point;
    static constexpr std::chrono::seconds jump{5};

    /// A connection's first picture follows.
    void connect() noexcept { first_ = true; }
    /// The time of a picture whose sender says `pts`, and that came in at `received`.
    Timestamp time_of(Timestamp pts, Time received);

  private:
    bool first_ = true;
    struct Seen {
        Timestamp pts, time;
        Time received;
    };
    std::optional<Seen> last_;
};

}  // namespace saccade::media
