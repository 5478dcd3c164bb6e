// One player's connection, and what is still to be sent to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/descriptor.h"
#include "relay/burst.h"
#include "relay/request.h"
#include "relay/sockets.h"
#include "relay/transport.h"

namespace saccade::relay {

/// A player that set something up; ends with its connection.
struct Session {
    std::string id;
    std::string mount;
    Transport transport;
    bool playing = false;
    bool waits_for_key = true;                  ///< until then nothing is of use to it
    std::optional<Clock::time_point> reported;  ///< the latest sender report
};

/// The server's thread alone.
class Client {
  public:
    /// `most_backlog`: bytes of media that may wait for it.
    Client(Descriptor socket, const Address& peer, std::string nonce, std::size_t most_backlog,
           Clock::time_point now);

    /// Some of what has come, for `requests`. False: it hung up.
    bool receive();

    /// "": nothing.
    void reply(std::string text);
    /// A packet of RTCP on the connection.
    void report(const std::vector<std::uint8_t>& rtcp);
    /// Over TCP. Where its backlog is full, all pictures that have not begun to go out are dropped,
    /// as are those that follow up to a key picture. Returns how many were.
    std::size_t play(const std::shared_ptr<const Burst>& burst);
    /// As much as the connection takes. False: it is gone.
    bool flush(Clock::time_point now);
    [[nodiscard]] bool has_backlog() const noexcept { return !queue_.empty(); }
    /// Replies that wait: a player that asks on and on and reads nothing.
    [[nodiscard]] bool floods() const noexcept;

    [[nodiscard]] int fd() const noexcept { return socket_.get(); }
    [[nodiscard]] const Address& peer() const noexcept { return peer_; }
    [[nodiscard]] const std::string& nonce() const noexcept { return nonce_; }

    RequestReader requests;
    std::optional<Session> session;
    Clock::time_point alive;  ///< when it last said something whole, or took something
    std::optional<Clock::time_point> partial_since;  ///< a request of which some came
    Clock::time_point progress;  ///< when the connection last took a byte, or had none to take
    int refusals = 0;            ///< wrong answers to the challenge
    bool closes = false;         ///< once the backlog is gone
    bool watched_for_writing = false;  ///< by epoll

  private:
    struct Chunk {
        std::shared_ptr<const Burst> burst;  ///< or
        std::string text;
        [[nodiscard]] const char* data() const noexcept {
            return burst ? reinterpret_cast<const char*>(burst->bytes.data()) : text.data();
        }
        [[nodiscard]] std::size_t size() const noexcept {
            return burst ? burst->bytes.size() : text.size();
        }
    };
    std::size_t drop_pictures();
    void take_off(std::size_t sent);

    Descriptor socket_;
    const Address peer_;
    const std::string nonce_;
    const std::size_t most_backlog_;
    std::deque<Chunk> queue_;
    std::size_t sent_ = 0;                          ///< bytes of the first chunk
    std::size_t media_bytes_ = 0, text_bytes_ = 0;  ///< in queue_
};

}  // namespace saccade::relay
