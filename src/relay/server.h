// A small RTSP server (RFC 2326): streams under names, for players and recorders.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "media/libav.h"
#include "relay/credentials.h"
#include "relay/mount.h"
#include "saccade/error.h"

namespace saccade::relay {

struct ServerOptions {
    /// HOST:PORT; port 0: any. Addresses that other machines reach are refused without credentials.
    std::string listen = "127.0.0.1:8554";
    std::optional<Credentials> credentials;
    std::size_t most_clients = 256;
    std::size_t most_backlog = std::size_t{8} << 20U;   ///< bytes of media that wait for a player
    std::chrono::milliseconds request_timeout{10'000};  ///< for a request, from its first byte or
                                                        ///< the one before
    std::chrono::milliseconds stall_timeout{10'000};    ///< for a player that takes not one byte
    std::chrono::milliseconds session_timeout{60'000};  ///< for a sign of life of a UDP player
    std::chrono::milliseconds report_interval{5'000};   ///< between sender reports
};

struct ServerStats {
    std::size_t clients = 0;             ///< connected now
    std::uint64_t accepted = 0;          ///< connections, ever
    std::uint64_t refused = 0;           ///< turned away: too many, or rubbish, or too slow to ask
    std::uint64_t pictures_dropped = 0;  ///< of players that could not keep up
    std::uint64_t bytes_sent = 0;        ///< of media
};

/// One thread serves all players; none of them keeps another one, or a publisher, waiting. What
/// each may hold (bytes, time, connections) is bounded. A player begins with the latest key picture
/// where that is at most a second old, else with the next.
class RtspServer {
  public:
    /// Errors: invalid_argument (address; no credentials), unavailable (port in use).
    static Result<std::unique_ptr<RtspServer>> start(const ServerOptions& options);
    /// Lets all players go.
    ~RtspServer();
    RtspServer(const RtspServer&) = delete;
    RtspServer& operator=(const RtspServer&) = delete;

    /// A stream at rtsp://HOST:PORT/`name`. One before it of that name has ended: its players are
    /// let go. Errors: those of RtpPacker::open; invalid_argument (a name with odd characters).
    Result<std::shared_ptr<Mount>> mount(const std::string& name, const AVCodecParameters& codec,
                                         AVRational time_base);

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Of a stream; "" gives the server's own.
    [[nodiscard]] std::string url(const std::string& name) const;
    [[nodiscard]] ServerStats stats() const;

  private:
    class Loop;
    explicit RtspServer(std::unique_ptr<Loop> loop);
    std::unique_ptr<Loop> loop_;
};

}  // namespace saccade::relay
