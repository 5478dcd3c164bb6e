// The few sockets of the server, and addresses.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <utility>

#include "core/descriptor.h"
#include "saccade/error.h"

namespace saccade::relay {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;

    [[nodiscard]] std::uint16_t port() const noexcept;
    void set_port(std::uint16_t port) noexcept;
    [[nodiscard]] bool is_loopback() const noexcept;
    [[nodiscard]] std::string text() const;  ///< "127.0.0.1:8554", "[::1]:8554"
};

/// "127.0.0.1:8554", "[::1]:8554", "localhost:0" or "8554" (of the loopback). Errors:
/// invalid_argument; not_found (a name that nobody knows).
Result<Address> parse_address(const std::string& text);

/// Listens. Errors: unavailable (in use, not allowed, not ours).
Result<Descriptor> listen_on(const Address& address);
/// What a socket is bound to.
Address local_address(int socket);

/// Two UDP sockets at the address, of neighbouring ports, the first even (RFC 3550, 11).
Result<std::pair<Descriptor, Descriptor>> open_udp_pair(Address address);

}  // namespace saccade::relay
