#include "media/sender_clock.h"

#include <algorithm>

namespace saccade::media {

using std::chrono::nanoseconds;

void SenderClock::note(std::int64_t pts, Clock::time_point received,
                       std::optional<nanoseconds> wall) {
    constexpr std::chrono::minutes near{10};  // to a whole turn: what may lie between two packets
    Stamp stamp{received, {}};
    if (wall && before_ && turn_ > 2 * near) {
        if (std::chrono::abs(*wall + turn_ - *before_) < near) *wall += turn_;
        if (std::chrono::abs(*wall - turn_ - *before_) < near) *wall -= turn_;
    }
    if (wall) {
        stamp.sender = {.synced = true, .at = *wall};
        before_ = wall;
    }
    noted_.push_back({pts, stamp});
    if (noted_.size() > most) noted_.pop_front();
}

std::optional<SenderClock::Stamp> SenderClock::at(std::int64_t pts) const {
    // From the latest: where a time came twice it is that packet's picture, or its equal.
    const auto found = std::find_if(noted_.rbegin(), noted_.rend(),
                                    [&](const Noted& noted) { return noted.pts == pts; });
    if (found == noted_.rend()) return std::nullopt;
    return found->stamp;
}

}  // namespace saccade::media
