#include "relay/relayed.h"

#include <chrono>
#include <utility>

#include "core/log.h"

namespace saccade::relay {

std::int64_t unix_now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::optional<std::int64_t> taken_at(const AVPacket& packet) {
    std::size_t size = 0;
    const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_PRFT, &size);
    if (data == nullptr || size < sizeof(AVProducerReferenceTime)) return std::nullopt;
    return reinterpret_cast<const AVProducerReferenceTime*>(data)->wallclock * 1000;
}

Relayed::Relayed(std::shared_ptr<RtspServer> server, std::string name)
    : server_(std::move(server)), name_(std::move(name)) {}

Relayed::~Relayed() {
    if (mount_) mount_->end();
}

void Relayed::begin(const AVStream& stream, double /*frame_rate*/, bool /*live*/) {
    if (mount_) mount_->end();
    mount_.reset();
    auto mount = server_->mount(name_, *stream.codecpar, stream.time_base);
    if (!mount) {
        log::error("not relayed: {}", mount.error().line());
        return;
    }
    mount_ = std::move(*mount);
    log::info("relayed at {}", server_->url(name_));
}

void Relayed::packet(const AVPacket& packet) {
    if (!mount_) return;
    // (Old containers leave times out, without which RTP has none.)
    if (packet.pts == AV_NOPTS_VALUE) {
        if (!std::exchange(told_, true))
            log::warning("{}: pictures without a time are not relayed", name_);
        return;
    }
    auto sent = mount_->publish(packet, taken_at(packet).value_or(unix_now_ns()));
    if (!sent && !std::exchange(told_, true)) log::warning("{}", sent.error().line());
}

}  // namespace saccade::relay
