// A network between a camera and its viewer that fails as a test tells it to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace saccade::test {

/// Stands in front of an RTSP server on this machine's loopback, as another port of it. It knows
/// RTSP well enough to fail at one verb, and interleaved RTP (RFC 2326, 10.12) to lose, swap and
/// change single packets. Over UDP the media goes past it; what it does to the connection counts
/// there too. One thread; any thread may set the fault, which holds for connections that are there
/// and for later ones.
class RtspProxy {
  public:
    enum class Kind {
        none,
        freeze,          ///< nothing gets through, and nobody hears of it
        end,             ///< connections are closed (FIN), new ones too
        reset,           ///< likewise with RST
        refuse,          ///< nobody listens any more; connections are reset
        stall,           ///< as freeze, from the answer to `verb` on
        wrong_password,  ///< every request is answered with 401
        slow,            ///< 40 bytes a second of the server's
        lose,            ///< every 7th packet of media
        swap,            ///< every 5th packet of media comes behind the one after it
        jump,            ///< the media's own times are an hour ahead
    };
    struct Fault {
        Kind kind = Kind::none;
        std::string verb = {};  ///< "OPTIONS", "DESCRIBE", "SETUP", "PLAY"
    };

    explicit RtspProxy(int server_port);
    ~RtspProxy();
    RtspProxy(const RtspProxy&) = delete;
    RtspProxy& operator=(const RtspProxy&) = delete;

    [[nodiscard]] int port() const noexcept { return port_; }
    /// "rtsp://127.0.0.1:PORT/cam"
    [[nodiscard]] std::string url() const;
    void set(Fault fault);
    void set(Kind kind) { set(Fault{kind}); }
    /// What new connections get that ask for "/cam": another stream of the server.
    void set_path(std::string path);
    /// Connections that came in so far.
    [[nodiscard]] std::uint64_t accepted() const noexcept { return accepted_; }

  private:
    class Link;
    void serve(const std::stop_token& stop);
    int listen_on(int port);

    const int server_port_;
    int socket_ = -1, port_ = 0;
    std::mutex mutex_;
    Fault fault_;
    std::string path_ = "/cam";
    std::atomic<std::uint64_t> accepted_{0};
    std::jthread thread_;
};

}  // namespace saccade::test
