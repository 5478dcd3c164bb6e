// The server's one thread: connections, requests, packets, deadlines.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "relay/client.h"
#include "relay/server.h"

namespace saccade::relay {

class RtspServer::Loop {
  public:
    Loop(const ServerOptions& options, Descriptor listener, std::pair<Descriptor, Descriptor> udp);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void add(std::shared_ptr<Mount> mount);
    void wake() noexcept;
    [[nodiscard]] Address address() const { return local_address(listener_.get()); }
    [[nodiscard]] ServerStats stats() const;

  private:
    /// A mount as the thread sees it.
    struct Stage {
        std::shared_ptr<Mount> mount;
        std::vector<std::shared_ptr<const Burst>> recent;  ///< since its latest key picture
        std::size_t recent_bytes = 0;
        SentCounts sent;
        std::uint32_t ssrc = 0;
        bool ended = false;
    };

    void run(const std::stop_token& stop);
    void accept();
    void take_news();
    void take_news(Stage& stage);
    void keep(Stage& stage, const std::shared_ptr<const Burst>& burst) const;
    void spread(Stage& stage, const std::shared_ptr<const Burst>& burst);
    void send(Client& client, Stage& stage, const std::shared_ptr<const Burst>& burst);
    bool send_udp(const Client& client, const Burst& burst);
    void report(Client& client, const Stage& stage, const Burst& burst);
    void begin(Client& client, Stage& stage);
    void finish(Stage& stage);
    void count_players(const std::string& mount);
    void hear_udp();
    void serve(Client& client, std::uint32_t events);
    void answer(Client& client, const RequestReader::Item& item);
    std::string answer(Client& client, const Request& request);
    std::string describe(const Request& request, std::string_view sequence);
    std::string set_up(Client& client, const Request& request, std::string_view sequence);
    void enforce_deadlines();
    void flush(Client& client);
    void drop(int fd, bool refused);
    Stage* find(const std::string& name);
    [[nodiscard]] Clock::time_point now() const { return std::chrono::steady_clock::now(); }

    const ServerOptions options_;
    Descriptor listener_, rtp_, rtcp_, epoll_, event_;
    bool accepting_ = true;
    std::map<std::string, Stage> stages_;
    std::unordered_map<int, std::unique_ptr<Client>> clients_;
    std::vector<int> gone_;  ///< connections to be dropped once no loop is over them

    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Mount>> added_;  ///< not yet in stages_
    std::atomic<std::size_t> count_{0};
    std::atomic<std::uint64_t> accepted_{0}, refused_{0}, pictures_dropped_{0}, bytes_sent_{0};
    std::jthread thread_;
};

}  // namespace saccade::relay
