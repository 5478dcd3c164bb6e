#include "media/live_times.h"

#include <algorithm>
#include <utility>

namespace saccade::media {

Timestamp LiveTimes::time_of(Timestamp pts, Time received) {
    const bool first = std::exchange(first_, false);
    if (!last_) {
        last_ = Seen{pts, pts, received};
        return pts;
    }
    const auto passed = std::max(received - last_->received, Time::duration{0});
    Timestamp step = pts - last_->pts;
    if (first || step < Timestamp{0} || step > passed + jump) step = passed;
    last_ = Seen{pts, last_->time + step, received};
    return last_->time;
}

}  // namespace saccade::media
