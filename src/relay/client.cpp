#include "relay/client.h"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

namespace saccade::relay {
namespace {

constexpr std::size_t most_replies = 65'536;  // bytes

std::shared_ptr<const Burst> on_channel(const std::shared_ptr<const Burst>& burst,
                                        std::uint8_t channel) {
    if (channel == 0) return burst;
    auto copy = std::make_shared<Burst>(*burst);
    for (const Burst::Packet& packet : copy->packets) copy->bytes[packet.begin - 3] = channel;
    return copy;
}

}  // namespace

Client::Client(Descriptor socket, const Address& peer, std::string nonce, std::size_t most_backlog,
               Clock::time_point now)
    : alive(now),
      progress(now),
      socket_(std::move(socket)),
      peer_(peer),
      nonce_(std::move(nonce)),
      most_backlog_(most_backlog) {}

bool Client::receive() {
    // (One piece at a time: who sends without end has others wait no longer than this.)
    std::array<std::uint8_t, 8192> buffer;
    const ssize_t got = ::recv(fd(), buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    requests.feed(std::span(buffer).first(static_cast<std::size_t>(got)));
    return true;
}

void Client::reply(std::string text) {
    if (text.empty()) return;
    text_bytes_ += text.size();
    queue_.push_back({nullptr, std::move(text)});
}

void Client::report(const std::vector<std::uint8_t>& rtcp) {
    if (!session) return;
    std::string text = {'$', static_cast<char>(session->transport.channel + 1),
                        static_cast<char>(rtcp.size() >> 8U), static_cast<char>(rtcp.size())};
    text.append(rtcp.begin(), rtcp.end());
    reply(std::move(text));
}

std::size_t Client::play(const std::shared_ptr<const Burst>& burst) {
    std::size_t dropped = 0;
    if (media_bytes_ + burst->bytes.size() > most_backlog_ && media_bytes_ > 0) {
        dropped = drop_pictures();
        session->waits_for_key = true;
    }
    if (session->waits_for_key && !burst->key) return dropped + 1;
    session->waits_for_key = false;
    media_bytes_ += burst->bytes.size();
    queue_.push_back({on_channel(burst, session->transport.channel), {}});
    return dropped;
}

std::size_t Client::drop_pictures() {
    std::size_t dropped = 0;
    // What has begun to go out must be finished: players find the next packet behind it.
    for (auto chunk = queue_.begin() + (sent_ > 0 ? 1 : 0); chunk != queue_.end();) {
        if (!chunk->burst) {
            ++chunk;
            continue;
        }
        media_bytes_ -= chunk->size();
        ++dropped;
        chunk = queue_.erase(chunk);
    }
    return dropped;
}

bool Client::flush(Clock::time_point now) {
    if (queue_.empty()) progress = now;
    while (!queue_.empty()) {
        std::array<iovec, 16> parts{};
        const std::size_t count = std::min(parts.size(), queue_.size());
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t from = i == 0 ? sent_ : 0;
            parts[i] = {const_cast<char*>(queue_[i].data()) + from, queue_[i].size() - from};
        }
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        const ssize_t sent = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        progress = now;
        if (session && session->playing) alive = now;
        take_off(static_cast<std::size_t>(sent));
    }
    return true;
}

void Client::take_off(std::size_t sent) {
    sent_ += sent;
    while (!queue_.empty() && sent_ >= queue_.front().size()) {
        const Chunk& chunk = queue_.front();
        sent_ -= chunk.size();
        (chunk.burst ? media_bytes_ : text_bytes_) -= chunk.size();
        queue_.pop_front();
    }
}

bool Client::floods() const noexcept {
    return text_bytes_ > most_replies;
}

}  // namespace saccade::relay
