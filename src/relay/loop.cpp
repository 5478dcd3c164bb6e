#include "relay/loop.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "relay/dialogue.h"

namespace saccade::relay {
namespace {

constexpr int tick_ms = 100;  ///< how closely deadlines are kept
/// Bytes that the system may hold back for a player: what waits longer is ours to drop.
constexpr int unsent_by_system = 1 << 18;
constexpr int most_accepted = 64;  ///< in one go

}  // namespace

RtspServer::Loop::Loop(const ServerOptions& options, Descriptor listener,
                       std::pair<Descriptor, Descriptor> udp)
    : options_(options),
      listener_(std::move(listener)),
      rtp_(std::move(udp.first)),
      rtcp_(std::move(udp.second)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    for (const int fd : {listener_.get(), rtp_.get(), rtcp_.get(), event_.get()}) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.fd = fd;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted);
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

RtspServer::Loop::~Loop() {
    thread_.request_stop();
    wake();
    thread_.join();
    for (auto& [name, stage] : stages_) stage.mount->cut_off();
    for (const auto& mount : added_) mount->cut_off();
}

void RtspServer::Loop::wake() noexcept {
    const std::uint64_t one = 1;
    // (It fails only where it is up already.)
    static_cast<void>(!::write(event_.get(), &one, sizeof one));
}

void RtspServer::Loop::add(std::shared_ptr<Mount> mount) {
    {
        const std::lock_guard lock(mutex_);
        added_.push_back(std::move(mount));
    }
    wake();
}

ServerStats RtspServer::Loop::stats() const {
    return {count_.load(), accepted_.load(), refused_.load(), pictures_dropped_.load(),
            bytes_sent_.load()};
}

void RtspServer::Loop::run(const std::stop_token& stop) {
    std::array<epoll_event, 64> events{};
    auto looked = now();
    while (!stop.stop_requested()) {
        const bool idle = clients_.empty() && accepting_;
        const int count =
            ::epoll_wait(epoll_.get(), events.data(), events.size(), idle ? -1 : tick_ms);
        for (int i = 0; i < std::max(count, 0); ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.fd == listener_.get()) {
                accept();
            } else if (event.data.fd == event_.get()) {
                take_news();
            } else if (event.data.fd == rtp_.get() || event.data.fd == rtcp_.get()) {
                hear_udp();
            } else if (const auto found = clients_.find(event.data.fd); found != clients_.end()) {
                serve(*found->second, event.events);
            }
        }
        for (const int fd : std::exchange(gone_, {})) drop(fd, false);
        if (now() - looked >= std::chrono::milliseconds(tick_ms)) {
            enforce_deadlines();
            looked = now();
        }
    }
    clients_.clear();
}

void RtspServer::Loop::accept() {
    for (int i = 0; i < most_accepted; ++i) {
        Address peer;
        peer.size = sizeof peer.storage;
        Descriptor socket(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer.storage),
                                    &peer.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket.get() < 0) {
            if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS) return;
            // No room for one more: whoever waits does so until the next tick.
            accepting_ = false;
            ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
            return;
        }
        if (clients_.size() >= options_.most_clients) {
            const std::string no = response(503, {});
            static_cast<void>(::send(socket.get(), no.data(), no.size(), MSG_NOSIGNAL));
            ++refused_;
            continue;
        }
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_by_system,
                     sizeof unsent_by_system);
        const int fd = socket.get();
        epoll_event wanted{};
        wanted.events = EPOLLIN | EPOLLRDHUP;
        wanted.data.fd = fd;
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted) != 0) continue;
        clients_.emplace(fd, std::make_unique<Client>(std::move(socket), peer, random_token(),
                                                      options_.most_backlog, now()));
        ++accepted_;
        count_ = clients_.size();
    }
}

void RtspServer::Loop::serve(Client& client, std::uint32_t events) {
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        if (!client.receive()) {
            gone_.push_back(client.fd());
            return;
        }
        while (!client.closes) {
            const auto item = client.requests.next();
            if (!item) break;
            client.alive = now();
            client.partial_since.reset();
            answer(client, *item);
            if (client.floods()) {
                ++refused_;
                gone_.push_back(client.fd());
                return;
            }
        }
        if (client.requests.is_within()) {
            if (!client.partial_since) client.partial_since = now();
        } else {
            client.partial_since.reset();
        }
    }
    flush(client);
}

void RtspServer::Loop::flush(Client& client) {
    if (!client.flush(now()) || (client.closes && !client.has_backlog())) {
        gone_.push_back(client.fd());
        return;
    }
    if (client.has_backlog() == client.watched_for_writing) return;
    client.watched_for_writing = client.has_backlog();
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLRDHUP | (client.watched_for_writing ? EPOLLOUT : 0U);
    wanted.data.fd = client.fd();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, client.fd(), &wanted);
}

void RtspServer::Loop::drop(int fd, bool refused) {
    const auto found = clients_.find(fd);
    if (found == clients_.end()) return;
    const std::string mount = found->second->session ? found->second->session->mount : "";
    clients_.erase(found);
    count_ = clients_.size();
    if (refused) ++refused_;
    if (!mount.empty()) count_players(mount);
}

void RtspServer::Loop::enforce_deadlines() {
    if (!accepting_) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.fd = listener_.get();
        accepting_ = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &wanted) == 0;
    }
    const auto time = now();
    std::vector<int> late, silent;
    for (const auto& [fd, client] : clients_) {
        const bool takes_nothing =
            client->has_backlog() && time - client->progress > options_.stall_timeout;
        const bool half =
            client->partial_since && time - *client->partial_since > options_.request_timeout;
        const bool over_tcp =
            client->session && client->session->playing && !client->session->transport.udp;
        const auto patience = client->session ? options_.session_timeout : options_.request_timeout;
        if (half || (!client->session && time - client->alive > patience)) {
            late.push_back(fd);
        } else if (takes_nothing || (!over_tcp && time - client->alive > patience)) {
            silent.push_back(fd);
        }
    }
    for (const int fd : late) drop(fd, true);
    for (const int fd : silent) drop(fd, false);
}

RtspServer::Loop::Stage* RtspServer::Loop::find(const std::string& name) {
    // The server's own address stands for its stream, where it has but one.
    auto found = name.empty() && stages_.size() == 1 ? stages_.begin() : stages_.find(name);
    return found == stages_.end() || found->second.ended ? nullptr : &found->second;
}

}  // namespace saccade::relay
