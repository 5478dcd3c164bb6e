// A web server on this machine's loopback that answers as a test tells it to, well or badly.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace saccade::test {

/// One connection after the other.
class ScriptedServer {
  public:
    struct Reply {
        std::string bytes;       ///< headers and body
        std::size_t pieces = 1;  ///< sent one by one, with a pause between them
        bool holds = false;      ///< then says nothing more until the client goes
    };
    /// Called with each request's text, on the server's thread.
    using Script = std::function<Reply(const std::string& request)>;

    explicit ScriptedServer(Script script)
        : script_(std::move(script)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        const bool ready =
            ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
            ::listen(socket_, 8) == 0 &&
            ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
        if (!ready) return;
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }
    ~ScriptedServer() {
        if (thread_.joinable()) {
            thread_.request_stop();
            thread_.join();
        }
        ::close(socket_);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    /// All so far.
    [[nodiscard]] std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }

  private:
    void serve(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            if (!readable(socket_, 50)) continue;
            const int client = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) continue;
            answer(client, stop);
            ::close(client);
        }
    }
    void answer(int client, const std::stop_token& stop) {
        std::string request;
        char buffer[4096];
        while (request.find("\r\n\r\n") == std::string::npos) {
            const ssize_t got = ::recv(client, buffer, sizeof buffer, 0);
            if (got <= 0) return;
            request.append(buffer, static_cast<std::size_t>(got));
        }
        {
            const std::scoped_lock lock(mutex_);
            requests_.push_back(request);
        }
        const Reply reply = script_(request);
        std::string_view left = reply.bytes;
        const std::size_t piece = left.size() / reply.pieces + 1;
        while (!left.empty()) {
            const ssize_t sent =
                ::send(client, left.data(), std::min(left.size(), piece), MSG_NOSIGNAL);
            if (sent <= 0) return;  // the client has enough
            left.remove_prefix(static_cast<std::size_t>(sent));
            if (reply.pieces > 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        // (Readable, for it says nothing more, means that it has closed.)
        while (reply.holds && !stop.stop_requested() && !readable(client, 20)) {
        }
    }
    static bool readable(int socket, int ms) {
        pollfd waiting{socket, POLLIN, 0};
        return ::poll(&waiting, 1, ms) > 0;
    }

    const Script script_;
    const int socket_;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::jthread thread_;
};

/// The bytes that "Range: bytes=N-" asks to begin with; 0 where nothing does.
inline std::size_t range_of(const std::string& request) {
    const auto at = request.find("Range: bytes=");
    return at == std::string::npos ? 0 : std::stoul(request.substr(at + 13));
}

/// A whole answer. `promised`: the length its header tells; npos: the body's.
inline std::string http_answer(const std::string& status, const std::string& body,
                               std::size_t promised = std::string::npos,
                               const std::string& headers = "") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " +
           std::to_string(promised == std::string::npos ? body.size() : promised) +
           "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

/// What a good server of `file` says to `request`: all of it, or what lacks (206).
inline std::string http_file(const std::string& request, const std::string& file) {
    const std::size_t from = range_of(request);
    if (from == 0) return http_answer("200 OK", file);
    return http_answer("206 Partial Content", file.substr(from), std::string::npos,
                       "Content-Range: bytes " + std::to_string(from) + "-" +
                           std::to_string(file.size() - 1) + "/" + std::to_string(file.size()) +
                           "\r\n");
}

}  // namespace saccade::test
