// The server's thread: from mounts to players.
#include <algorithm>
#include <cstring>
#include <utility>

#include "relay/loop.h"

namespace saccade::relay {
namespace {

constexpr std::int64_t most_late_ms = 1000;  ///< that a player begins behind the present
constexpr std::size_t most_recent = std::size_t{8} << 20U;  // bytes

bool same_host(const Address& a, const Address& b) {
    if (a.storage.ss_family != b.storage.ss_family) return false;
    if (a.storage.ss_family == AF_INET6) {
        return std::memcmp(&reinterpret_cast<const sockaddr_in6&>(a.storage).sin6_addr,
                           &reinterpret_cast<const sockaddr_in6&>(b.storage).sin6_addr,
                           sizeof(in6_addr)) == 0;
    }
    return reinterpret_cast<const sockaddr_in&>(a.storage).sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in&>(b.storage).sin_addr.s_addr;
}

Address at_port(Address address, std::uint16_t port) {
    address.set_port(port);
    return address;
}

}  // namespace

void RtspServer::Loop::take_news() {
    std::uint64_t count = 0;
    static_cast<void>(!::read(event_.get(), &count, sizeof count));
    std::vector<std::shared_ptr<Mount>> added;
    {
        const std::lock_guard lock(mutex_);
        added = std::exchange(added_, {});
    }
    for (auto& mount : added) {
        const std::string name = mount->name();
        if (const auto before = stages_.find(name); before != stages_.end()) {
            if (!before->second.ended) finish(before->second);
            before->second.mount->cut_off();
        }
        stages_[name] = {.mount = std::move(mount)};
    }
    for (auto& [name, stage] : stages_) {
        if (!stage.ended) take_news(stage);
    }
}

void RtspServer::Loop::take_news(Stage& stage) {
    const Mount::News news = stage.mount->take();
    if (!news.bursts.empty()) {
        stage.sent = news.sent;
        stage.ssrc = news.ssrc;
    }
    if (news.lost) {
        stage.recent.clear();
        for (auto& [fd, client] : clients_) {
            if (client->session && client->session->mount == stage.mount->name())
                client->session->waits_for_key = true;
        }
    }
    for (const auto& burst : news.bursts) {
        keep(stage, burst);
        spread(stage, burst);
    }
    if (news.ended) finish(stage);
}

void RtspServer::Loop::keep(Stage& stage, const std::shared_ptr<const Burst>& burst) const {
    if (burst->key) {
        stage.recent.clear();
        stage.recent_bytes = 0;
    } else if (stage.recent.empty()) {
        return;
    }
    stage.recent.push_back(burst);
    stage.recent_bytes += burst->bytes.size();
    const bool late = burst->stream_ms - stage.recent.front()->stream_ms > most_late_ms;
    if (late || stage.recent_bytes > std::min(most_recent, options_.most_backlog))
        stage.recent.clear();
}

void RtspServer::Loop::spread(Stage& stage, const std::shared_ptr<const Burst>& burst) {
    for (auto& [fd, client] : clients_) {
        if (!client->session || !client->session->playing || client->closes ||
            client->session->mount != stage.mount->name()) {
            continue;
        }
        send(*client, stage, burst);
        if (!client->session->transport.udp) flush(*client);
    }
}

void RtspServer::Loop::send(Client& client, Stage& stage,
                            const std::shared_ptr<const Burst>& burst) {
    Session& session = *client.session;
    const bool goes = burst->key || !session.waits_for_key;
    if (goes && (!session.reported || now() - *session.reported >= options_.report_interval)) {
        report(client, stage, *burst);
    }
    if (!session.transport.udp) {
        const bool began = session.reported.has_value();
        const std::size_t dropped = client.play(burst);
        // (Not those before it began, which it never asked for.)
        if (began) pictures_dropped_ += dropped;
        bytes_sent_ += session.waits_for_key ? 0 : burst->bytes.size();
        return;
    }
    if (!goes) {
        if (session.reported) ++pictures_dropped_;
        return;
    }
    session.waits_for_key = false;
    if (send_udp(client, *burst)) {
        bytes_sent_ += burst->bytes.size();
    } else {
        session.waits_for_key = true;
        ++pictures_dropped_;
    }
}

bool RtspServer::Loop::send_udp(const Client& client, const Burst& burst) {
    Address to = at_port(client.peer(), client.session->transport.rtp_port);
    constexpr std::size_t batch = 64;
    std::array<mmsghdr, batch> messages{};
    std::array<iovec, batch> parts{};
    for (std::size_t at = 0; at < burst.packets.size();) {
        const std::size_t count = std::min(batch, burst.packets.size() - at);
        for (std::size_t i = 0; i < count; ++i) {
            const Burst::Packet& packet = burst.packets[at + i];
            parts[i] = {const_cast<std::uint8_t*>(burst.bytes.data()) + packet.begin, packet.size};
            messages[i].msg_hdr = {};
            messages[i].msg_hdr.msg_name = &to.storage;
            messages[i].msg_hdr.msg_namelen = to.size;
            messages[i].msg_hdr.msg_iov = &parts[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        const int sent = ::sendmmsg(rtp_.get(), messages.data(), static_cast<unsigned>(count), 0);
        if (sent <= 0) return false;
        at += static_cast<std::size_t>(sent);
    }
    return true;
}

void RtspServer::Loop::report(Client& client, const Stage& stage, const Burst& burst) {
    const auto rtcp = sender_report(stage.ssrc, burst, stage.sent);
    Session& session = *client.session;
    session.reported = now();
    if (!session.transport.udp) {
        client.report(rtcp);
        return;
    }
    const Address to = at_port(client.peer(), session.transport.rtcp_port);
    static_cast<void>(::sendto(rtcp_.get(), rtcp.data(), rtcp.size(), 0,
                               reinterpret_cast<const sockaddr*>(&to.storage), to.size));
}

void RtspServer::Loop::begin(Client& client, Stage& stage) {
    client.session->playing = true;
    client.session->waits_for_key = true;
    for (const auto& burst : stage.recent) send(client, stage, burst);
    count_players(stage.mount->name());
}

void RtspServer::Loop::finish(Stage& stage) {
    stage.ended = true;
    stage.recent.clear();
    const auto bye = goodbye(stage.ssrc);
    for (auto& [fd, client] : clients_) {
        if (!client->session || client->session->mount != stage.mount->name()) continue;
        const Transport& transport = client->session->transport;
        if (transport.udp) {
            const Address to = at_port(client->peer(), transport.rtcp_port);
            static_cast<void>(::sendto(rtcp_.get(), bye.data(), bye.size(), 0,
                                       reinterpret_cast<const sockaddr*>(&to.storage), to.size));
        } else {
            client->report(bye);
        }
        client->closes = true;
        flush(*client);
    }
    count_players(stage.mount->name());
}

void RtspServer::Loop::count_players(const std::string& mount) {
    const auto found = stages_.find(mount);
    if (found == stages_.end()) return;
    const auto players = std::count_if(clients_.begin(), clients_.end(), [&](const auto& entry) {
        const auto& session = entry.second->session;
        return session && session->playing && session->mount == mount;
    });
    found->second.mount->set_players(static_cast<int>(players));
}

/// Reports of receivers are signs of life; what else comes is of no interest.
void RtspServer::Loop::hear_udp() {
    std::array<char, 2048> buffer;
    for (const int fd : {rtp_.get(), rtcp_.get()}) {
        for (int i = 0; i < 64; ++i) {
            Address from;
            from.size = sizeof from.storage;
            const ssize_t got = ::recvfrom(fd, buffer.data(), buffer.size(), 0,
                                           reinterpret_cast<sockaddr*>(&from.storage), &from.size);
            if (got < 0) break;
            if (fd != rtcp_.get()) continue;
            for (auto& [number, client] : clients_) {
                if (client->session && client->session->transport.udp &&
                    client->session->transport.rtcp_port == from.port() &&
                    same_host(client->peer(), from)) {
                    client->alive = now();
                }
            }
        }
    }
}

}  // namespace saccade::relay
