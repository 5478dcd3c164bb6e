#include "support/rtsp_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <list>
#include <optional>
#include <utility>
#include <vector>

namespace saccade::test {
namespace {

using Kind = RtspProxy::Kind;
using Clock = std::chrono::steady_clock;

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

void close_with_reset(int socket) {
    const linger at_once{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(socket);
}

void replace(std::string& text, const std::string& from, const std::string& to) {
    if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
}

}  // namespace

/// One connection through the proxy.
class RtspProxy::Link {
  public:
    Link(int client, int server, std::string path)
        : client_(client), server_(server), path_(std::move(path)) {}
    ~Link() {
        if (client_ >= 0) ::close(client_);
        if (server_ >= 0) ::close(server_);
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    void reset() {
        close_with_reset(client_);
        client_ = -1;
    }
    [[nodiscard]] int client() const { return client_; }
    [[nodiscard]] int server() const { return server_; }
    [[nodiscard]] bool over() const { return over_; }

    void from_client(const Fault& fault) {
        std::string got = receive(client_);
        if (fault.kind == Kind::wrong_password) return refuse(got);
        replace(got, "/cam", path_);
        // (A verb's answer is what stalls: the request gets through.)
        if (fault.kind == Kind::stall && got.starts_with(fault.verb + " ")) stalled_ = true;
        send(server_, got);
    }
    void from_server(const Fault& fault) {
        pending_ += receive(server_);
        flush(fault);
    }
    void flush(const Fault& fault) {
        if (fault.kind != Kind::stall) stalled_ = false;
        if (fault.kind == Kind::freeze || stalled_) return;
        while (auto message = next_message()) {
            if (message->front() == '$') {
                media(std::move(*message), fault);
            } else {
                out_ += *message;
            }
        }
        std::size_t most = out_.size();
        if (fault.kind == Kind::slow) {
            constexpr double rate = 40;  // bytes a second
            const auto now = Clock::now();
            const std::chrono::duration<double> passed = now - sent_;
            most = std::min(most, static_cast<std::size_t>(passed.count() * rate));
            if (most == 0) return;
            sent_ = now;
        }
        send(client_, out_.substr(0, most));
        out_.erase(0, most);
        sent_ = Clock::now();
    }

  private:
    std::string receive(int socket) {
        char buffer[65536];
        const ssize_t got = ::recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) over_ = true;
        return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : "";
    }
    void send(int socket, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                over_ = true;
                return;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void refuse(const std::string& request) {
        const auto at = request.find("CSeq:");
        if (at == std::string::npos) return;
        const std::string number = request.substr(at, request.find("\r\n", at) - at);
        send(client_, "RTSP/1.0 401 Unauthorized\r\n" + number +
                          "\r\nWWW-Authenticate: Basic realm=\"camera\"\r\n\r\n");
    }
    /// A whole packet of media or a whole answer.
    std::optional<std::string> next_message() {
        std::size_t size = 0;
        if (pending_.empty()) return std::nullopt;
        if (pending_.front() == '$') {
            if (pending_.size() < 4) return std::nullopt;
            size = 4 + (static_cast<std::size_t>(static_cast<std::uint8_t>(pending_[2])) << 8U) +
                   static_cast<std::uint8_t>(pending_[3]);
        } else {
            const auto end = pending_.find("\r\n\r\n");
            if (end == std::string::npos) return std::nullopt;
            size = end + 4;
            const auto length = pending_.find("Content-Length:");
            if (length < end) size += std::stoul(pending_.substr(length + 15));
        }
        if (pending_.size() < size) return std::nullopt;
        std::string message = pending_.substr(0, size);
        pending_.erase(0, size);
        return message;
    }
    void media(std::string packet, const Fault& fault) {
        const bool rtp = packet[1] % 2 == 0 && packet.size() >= 16;
        if (rtp) ++packets_;
        if (rtp && fault.kind == Kind::lose && packets_ % 7 == 0) return;
        if (rtp && fault.kind == Kind::jump) {
            constexpr std::uint32_t hour = 3600U * 90'000U;
            std::uint32_t time = 0;
            for (std::size_t i = 8; i < 12; ++i) {
                time = (time << 8U) | static_cast<std::uint8_t>(packet[i]);
            }
            time += hour;
            for (std::size_t i = 12; i-- > 8; time >>= 8U) packet[i] = static_cast<char>(time);
        }
        if (rtp && fault.kind == Kind::swap && packets_ % 5 == 0) {
            held_ = std::move(packet);
            return;
        }
        out_ += packet;
        out_ += std::exchange(held_, "");
    }

    int client_, server_;
    const std::string path_;
    std::string pending_, out_, held_;
    std::uint64_t packets_ = 0;
    Clock::time_point sent_ = Clock::now();
    bool over_ = false, stalled_ = false;
};

RtspProxy::RtspProxy(int server_port) : server_port_(server_port) {
    socket_ = listen_on(0);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

RtspProxy::~RtspProxy() {
    thread_.request_stop();
    thread_.join();
    if (socket_ >= 0) ::close(socket_);
}

std::string RtspProxy::url() const {
    return "rtsp://127.0.0.1:" + std::to_string(port_) + "/cam";
}

void RtspProxy::set(Fault fault) {
    std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
}

void RtspProxy::set_path(std::string path) {
    std::lock_guard lock(mutex_);
    path_ = std::move(path);
}

int RtspProxy::listen_on(int port) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int again = 1;
    ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    sockaddr_in address = loopback(port);
    socklen_t size = sizeof address;
    if (::bind(made, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(made, 64) != 0 ||
        ::getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        ::close(made);
        return -1;
    }
    if (port == 0) port_ = ntohs(address.sin_port);
    return made;
}

void RtspProxy::serve(const std::stop_token& stop) {
    std::list<Link> links;
    while (!stop.stop_requested()) {
        Fault fault;
        std::string path;
        {
            std::lock_guard lock(mutex_);
            fault = fault_;
            path = path_;
        }
        if (fault.kind == Kind::refuse && socket_ >= 0) {
            ::close(socket_);
            socket_ = -1;
        } else if (fault.kind != Kind::refuse && socket_ < 0) {
            socket_ = listen_on(port_);
        }
        const bool drops =
            fault.kind == Kind::end || fault.kind == Kind::reset || fault.kind == Kind::refuse;
        if (drops) {
            for (Link& link : links) {
                if (fault.kind != Kind::end) link.reset();
            }
            links.clear();
        }
        std::vector<pollfd> waiting;
        waiting.push_back({socket_, POLLIN, 0});
        const bool frozen = fault.kind == Kind::freeze;
        for (Link& link : links) {
            waiting.push_back({frozen ? -1 : link.client(), POLLIN, 0});
            waiting.push_back({frozen ? -1 : link.server(), POLLIN, 0});
        }
        ::poll(waiting.data(), waiting.size(), 5);
        std::size_t at = 1;
        for (Link& link : links) {
            if (waiting[at].revents != 0) link.from_client(fault);
            if (waiting[at + 1].revents != 0) link.from_server(fault);
            if (!frozen) link.flush(fault);
            at += 2;
        }
        links.remove_if([](const Link& link) { return link.over(); });
        if (waiting[0].revents == 0 || frozen) continue;
        const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        ++accepted_;
        if (drops) {
            fault.kind == Kind::end ? static_cast<void>(::close(client)) : close_with_reset(client);
            continue;
        }
        const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(server_port_);
        if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            ::close(server);
            close_with_reset(client);
            continue;
        }
        links.emplace_back(client, server, path);
    }
}

}  // namespace saccade::test
