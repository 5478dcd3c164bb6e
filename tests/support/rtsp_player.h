// A player of RTSP over TCP of which a test sees every byte, and that behaves as badly as asked.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saccade::test {

class RtspPlayer {
  public:
    /// `receive_buffer`: bytes that the system takes for it; 0: as usual.
    explicit RtspPlayer(std::uint16_t port, int receive_buffer = 0)
        : port_(port), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer > 0) {
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    ~RtspPlayer() { ::close(socket_); }
    RtspPlayer(const RtspPlayer&) = delete;
    RtspPlayer& operator=(const RtspPlayer&) = delete;

    [[nodiscard]] bool connected() const noexcept { return connected_; }
    [[nodiscard]] std::string url(const std::string& name) const {
        return "rtsp://127.0.0.1:" + std::to_string(port_) + "/" + name;
    }

    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    /// The answer, "" where the server hung up. Packets before it are kept for packet().
    std::string ask(const std::string& method, const std::string& target,
                    const std::string& headers = "") {
        if (!send(method + " " + target + " RTSP/1.0\r\nCSeq: " + std::to_string(++sequence_) +
                  "\r\n" + headers + (session_.empty() ? "" : "Session: " + session_ + "\r\n") +
                  "\r\n")) {
            return {};
        }
        return answer();
    }
    std::string answer() {
        for (;;) {
            if (!bytes_.empty() && bytes_[0] != '$') {
                const auto end = bytes_.find("\r\n\r\n");
                if (end != std::string::npos) {
                    const std::size_t body = number_behind("Content-Length: ");
                    if (bytes_.size() >= end + 4 + body) return cut(end + 4 + body);
                }
            } else if (auto packet = whole_packet()) {
                packets_.push_back(std::move(*packet));
                continue;
            }
            if (!more()) return {};
        }
    }
    /// DESCRIBE, SETUP and PLAY; false where any is refused.
    bool play(const std::string& name, const std::string& channels = "0-1") {
        if (!ask("DESCRIBE", url(name)).starts_with("RTSP/1.0 200")) return false;
        const std::string set_up =
            ask("SETUP", url(name) + "/streamid=0",
                "Transport: RTP/AVP/TCP;unicast;interleaved=" + channels + "\r\n");
        const auto at = set_up.find("Session: ");
        if (at == std::string::npos) return false;
        session_ = set_up.substr(at + 9, set_up.find(';', at) - at - 9);
        return ask("PLAY", url(name)).starts_with("RTSP/1.0 200");
    }
    struct Packet {
        std::uint8_t channel = 0;
        std::string bytes;
        [[nodiscard]] std::uint8_t byte(std::size_t at) const {
            return static_cast<std::uint8_t>(bytes[at]);
        }
        [[nodiscard]] bool ends_picture() const { return channel == 0 && (byte(1) & 0x80U) != 0; }
        [[nodiscard]] std::uint32_t word(std::size_t at) const {
            return std::uint32_t{byte(at)} << 24U | std::uint32_t{byte(at + 1)} << 16U |
                   std::uint32_t{byte(at + 2)} << 8U | byte(at + 3);
        }
    };
    /// The next; none where the server hung up.
    std::optional<Packet> packet() {
        if (!packets_.empty()) {
            Packet first = std::move(packets_.front());
            packets_.erase(packets_.begin());
            return first;
        }
        for (;;) {
            if (auto packet = whole_packet()) return packet;
            if (!more()) return std::nullopt;
        }
    }
    /// Reads and forgets until the server hangs up. (A minute is for hangs.)
    bool hung_up() {
        while (more()) bytes_.clear();
        return closed_;
    }
    [[nodiscard]] const std::string& session() const { return session_; }
    void set_session(std::string session) { session_ = std::move(session); }

  private:
    bool more() {
        pollfd waiting{socket_, POLLIN, 0};
        if (::poll(&waiting, 1, 60'000) <= 0) return false;
        char buffer[16'384];
        const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
        closed_ = got <= 0;
        if (closed_) return false;
        bytes_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    std::optional<Packet> whole_packet() {
        if (bytes_.size() < 4 || bytes_[0] != '$') return std::nullopt;
        const std::size_t size = std::size_t{static_cast<std::uint8_t>(bytes_[2])} << 8U |
                                 static_cast<std::uint8_t>(bytes_[3]);
        if (bytes_.size() < size + 4) return std::nullopt;
        const auto channel = static_cast<std::uint8_t>(bytes_[1]);
        return Packet{channel, cut(size + 4).substr(4)};
    }
    std::string cut(std::size_t size) {
        std::string front = bytes_.substr(0, size);
        bytes_.erase(0, size);
        return front;
    }
    [[nodiscard]] std::size_t number_behind(const std::string& name) const {
        const auto at = bytes_.find(name);
        return at == std::string::npos || at > bytes_.find("\r\n\r\n")
                   ? 0
                   : std::stoul(bytes_.substr(at + name.size()));
    }

    const std::uint16_t port_;
    const int socket_;
    bool connected_ = false, closed_ = false;
    int sequence_ = 0;
    std::string session_, bytes_;
    std::vector<Packet> packets_;
};

}  // namespace saccade::test
