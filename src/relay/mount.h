// One stream of the relay, under its name: from whoever has its packets to the server's thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "relay/burst.h"
#include "relay/rtcp.h"
#include "relay/rtp_packer.h"
#include "saccade/error.h"

namespace saccade::relay {

/// publish() and end() from one thread at a time, the rest from any. May outlive its server, which
/// then makes nothing of it.
class Mount {
  public:
    /// `wake`: called when there is something to take.
    Mount(std::string name, std::unique_ptr<RtpPacker> packer, std::function<void()> wake);

    /// The next packet, in decode order, its times in the time base that the mount was opened with.
    /// `wall_ns`: when its picture was taken (Unix time). Never waits for a player. Errors:
    /// corrupt; out_of_memory.
    Result<void> publish(const AVPacket& packet, std::int64_t wall_ns);
    /// Nothing follows: players get what there is and are let go.
    void end();

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& sdp() const noexcept { return sdp_; }
    /// How many are playing it now.
    [[nodiscard]] int players() const;
    /// Blocks until someone has begun to play it, now or before. False if stopped before.
    bool wait_for_player(const std::stop_token& stop) const;
    /// Players are gone after end(), with all that was theirs. False if stopped before.
    bool wait_for_last_player(const std::stop_token& stop) const;

    // For the server.
    struct News {
        std::vector<std::shared_ptr<const Burst>> bursts;
        SentCounts sent;  ///< with them
        std::uint32_t ssrc = 0;
        bool ended = false;
        bool lost = false;  ///< some before them were dropped: the server was not quick enough
    };
    News take();
    void set_players(int count);
    /// The server goes.
    void cut_off();

  private:
    const std::string name_;
    const std::unique_ptr<RtpPacker> packer_;
    const std::string sdp_;
    mutable std::mutex mutex_;
    mutable std::condition_variable_any changed_;
    std::function<void()> wake_;
    std::vector<std::shared_ptr<const Burst>> bursts_;
    SentCounts sent_;
    std::uint32_t ssrc_ = 0;
    bool ended_ = false, lost_ = false, played_ = false;
    int players_ = 0;
};

}  // namespace saccade::relay
