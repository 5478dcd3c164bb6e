#include "relay/mount.h"

#include <utility>

namespace saccade::relay {
namespace {

/// That may wait for the server's thread, which waits for nobody: it is reached only where the
/// machine stands still.
constexpr std::size_t most_waiting = 1024;

}  // namespace

Mount::Mount(std::string name, std::unique_ptr<RtpPacker> packer, std::function<void()> wake)
    : name_(std::move(name)),
      packer_(std::move(packer)),
      sdp_(packer_->sdp()),
      wake_(std::move(wake)) {}

Result<void> Mount::publish(const AVPacket& packet, std::int64_t wall_ns) {
    auto burst = packer_->pack(packet, wall_ns);
    if (!burst) return fail(burst.error());
    if (!*burst) return {};
    const std::lock_guard lock(mutex_);
    if (bursts_.size() >= most_waiting) {
        bursts_.clear();
        lost_ = true;
    }
    sent_.packets += static_cast<std::uint32_t>((*burst)->packets.size());
    for (const Burst::Packet& one : (*burst)->packets) {
        sent_.bytes += static_cast<std::uint32_t>(one.size - 12);  // payload alone
    }
    ssrc_ = packer_->ssrc();
    bursts_.push_back(std::move(*burst));
    if (wake_) wake_();
    return {};
}

void Mount::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (wake_) wake_();
}

int Mount::players() const {
    const std::lock_guard lock(mutex_);
    return players_;
}

bool Mount::wait_for_player(const std::stop_token& stop) const {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [this] { return played_; });
}

bool Mount::wait_for_last_player(const std::stop_token& stop) const {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [this] { return players_ == 0; });
}

Mount::News Mount::take() {
    const std::lock_guard lock(mutex_);
    return {std::exchange(bursts_, {}), sent_, ssrc_, ended_, std::exchange(lost_, false)};
}

void Mount::set_players(int count) {
    {
        const std::lock_guard lock(mutex_);
        players_ = count;
        played_ = played_ || count > 0;
    }
    changed_.notify_all();
}

void Mount::cut_off() {
    {
        const std::lock_guard lock(mutex_);
        wake_ = {};
        bursts_.clear();
        players_ = 0;
    }
    changed_.notify_all();
}

}  // namespace saccade::relay
