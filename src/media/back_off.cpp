#include "media/back_off.h"

#include <algorithm>

namespace saccade::media {

using std::chrono::nanoseconds;

void BackOff::join(const std::string& host) {
    std::lock_guard lock(mutex_);
    ++hosts_[host].members;
}

void BackOff::leave(Member& member) {
    std::lock_guard lock(mutex_);
    const auto host = hosts_.find(member.host_);
    if (member.running_) --host->second.running;
    if (--host->second.members == 0) hosts_.erase(host);
}

void BackOff::runs(Member& member) {
    std::lock_guard lock(mutex_);
    if (std::exchange(member.running_, true)) return;
    Host& host = hosts_[member.host_];
    ++host.running;
    host.failures = 0;  // it is there
}

nanoseconds BackOff::failed(Member& member, nanoseconds ran, nanoseconds longest, bool refused) {
    constexpr unsigned most = 40;  // steps: beyond all patience, and far from overflow
    std::lock_guard lock(mutex_);
    Host& host = hosts_[member.host_];
    if (std::exchange(member.running_, false)) --host.running;
    if (ran >= good) member.failures_ = 0;
    member.failures_ = std::min(member.failures_ + 1, most);
    if (host.running == 0) {
        host.failures = std::max(host.failures, member.failures_);
        member.failures_ = host.failures;
    }
    nanoseconds pause = shortest;
    for (unsigned i = 1; i < member.failures_ && pause < longest; ++i) pause += pause / 2;
    if (refused) pause = longest;
    pause = std::min(pause, longest);
    std::uniform_real_distribution<double> part(0.5, 1);
    return nanoseconds(
        static_cast<nanoseconds::rep>(part(chance_) * static_cast<double>(pause.count())));
}

}  // namespace saccade::media
