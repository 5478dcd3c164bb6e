// A source's packets, passed on to players while something else reads it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "media/packet_tap.h"
#include "relay/server.h"

namespace saccade::relay {

/// At rtsp://.../`name` as long as it lives. Where the source is opened anew its players are let
/// go, since the stream that follows may be another; they come back by themselves. What can't be
/// relayed is told in the log once, and left out.
class Relayed final : public media::PacketTap {
  public:
    Relayed(std::shared_ptr<RtspServer> server, std::string name);
    ~Relayed() override;

    void begin(const AVStream& stream, double frame_rate, bool live) override;
    /// Its picture was taken when the sender says so; else now.
    void packet(const AVPacket& packet) override;

  private:
    const std::shared_ptr<RtspServer> server_;
    const std::string name_;
    std::shared_ptr<Mount> mount_;
    bool told_ = false;  ///< that a packet could not be relayed
};

/// Unix time.
[[nodiscard]] std::int64_t unix_now_ns();
/// When the sender of a packet says that its picture was taken (Unix time, ns), if it does.
[[nodiscard]] std::optional<std::int64_t> taken_at(const AVPacket& packet);

}  // namespace saccade::relay
