// A web server of one thread on this machine's loopback, for sources that are URLs.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace saccade::test {

/// Answers every request alike until it is destroyed.
class HttpServer {
  public:
    /// `status`: "200 OK", "401 Unauthorized" ...
    HttpServer(std::string status, std::string body)
        : answer_("HTTP/1.1 " + std::move(status) + "\r\nContent-Type: application/octet-stream\r\n" +
                  "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
                  body),
          socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        const bool ready = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                           ::listen(socket_, 8) == 0 &&
                           ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        if (!ready) return;
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }
    ~HttpServer() {
        if (thread_.joinable()) {
            thread_.request_stop();
            thread_.join();
        }
        ::close(socket_);
    }
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// 0 where this machine lets nobody listen.
    [[nodiscard]] int port() const noexcept { return port_; }

  private:
    void serve(const std::stop_token& stop) const {
        while (!stop.stop_requested()) {
            pollfd waiting{socket_, POLLIN, 0};
            if (::poll(&waiting, 1, 50) <= 0) continue;
            const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) continue;
            char request[4096];
            if (::recv(client, request, sizeof request, 0) > 0) send_all(client);
            ::close(client);
        }
    }
    void send_all(int client) const {
        std::string_view left = answer_;
        while (!left.empty()) {
            const ssize_t sent = ::send(client, left.data(), left.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the client has enough
            left.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    const std::string answer_;
    const int socket_;
    int port_ = 0;
    std::jthread thread_;
};

}  // namespace saccade::test
