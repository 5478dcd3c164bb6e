#include "relay/sockets.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace saccade::relay {
namespace {

constexpr int backlog = 128;
constexpr int udp_buffer = 1 << 21;  // bytes: a large key picture goes out at once

std::string reason() {
    return std::generic_category().message(errno);
}

}  // namespace

std::uint16_t Address::port() const noexcept {
    return ntohs(storage.ss_family == AF_INET6
                     ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                     : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

void Address::set_port(std::uint16_t port) noexcept {
    if (storage.ss_family == AF_INET6) {
        reinterpret_cast<sockaddr_in6&>(storage).sin6_port = htons(port);
    } else {
        reinterpret_cast<sockaddr_in&>(storage).sin_port = htons(port);
    }
}

bool Address::is_loopback() const noexcept {
    if (storage.ss_family == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr);
    }
    return ntohl(reinterpret_cast<const sockaddr_in&>(storage).sin_addr.s_addr) >> 24U == 127;
}

std::string Address::text() const {
    std::array<char, INET6_ADDRSTRLEN> name{};
    if (storage.ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, name.data(),
                  name.size());
        return fmt::format("[{}]:{}", name.data(), port());
    }
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, name.data(),
              name.size());
    return fmt::format("{}:{}", name.data(), port());
}

Result<Address> parse_address(const std::string& text) {
    const auto bad = [&] {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("'{}' is no address to listen at", text),
                    "write HOST:PORT, 127.0.0.1:8554 say, or a port alone");
    };
    std::string host = "127.0.0.1", port = text;
    if (const std::size_t colon = text.rfind(':'); colon != std::string::npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
            host = host.substr(1, host.size() - 2);
        }
    }
    const bool digits = !port.empty() && port.size() <= 5 &&
                        port.find_first_not_of("0123456789") == std::string::npos;
    if (host.empty() || !digits || std::stoi(port) > 65535) return bad();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); code != 0) {
        return fail(ErrorCode::not_found,
                    fmt::format("{}: no such host: {}", host, ::gai_strerror(code)),
                    "name an address of this machine");
    }
    Address address;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    address.size = found->ai_addrlen;
    ::freeaddrinfo(found);
    return address;
}

Result<Descriptor> listen_on(const Address& address) {
    Descriptor socket(
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (socket.get() < 0 ||
        ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) !=
            0 ||
        ::listen(socket.get(), backlog) != 0) {
        return fail(ErrorCode::unavailable,
                    fmt::format("can't listen at {}: {}", address.text(), reason()),
                    "name another port, or 0 for any that is free");
    }
    return socket;
}

Address local_address(int socket) {
    Address address;
    address.size = sizeof address.storage;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size);
    return address;
}

Result<std::pair<Descriptor, Descriptor>> open_udp_pair(Address address) {
    const auto bound = [&](std::uint16_t port) {
        Descriptor socket(
            ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        address.set_port(port);
        if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage),
                   address.size) != 0) {
            return Descriptor(-1);
        }
        ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &udp_buffer, sizeof udp_buffer);
        return socket;
    };
    for (int attempt = 0; attempt < 64; ++attempt) {
        Descriptor rtp = bound(0);
        if (rtp.get() < 0) break;
        const std::uint16_t port = local_address(rtp.get()).port();
        if (port % 2 != 0) continue;
        Descriptor rtcp = bound(static_cast<std::uint16_t>(port + 1));
        if (rtcp.get() >= 0) return std::pair{std::move(rtp), std::move(rtcp)};
    }
    return fail(ErrorCode::unavailable,
                fmt::format("no pair of UDP ports at {}: {}", address.text(), reason()),
                "players can have TCP instead");
}

}  // namespace saccade::relay
