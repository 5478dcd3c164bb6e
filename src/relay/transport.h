// How a player wants its packets: the header Transport (RFC 2326, 12.39).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace saccade::relay {

struct Transport {
    bool udp = false;
    std::uint8_t channel = 0;    ///< of RTP where not UDP; RTCP has the next
    std::uint16_t rtp_port = 0;  ///< of the player where UDP
    std::uint16_t rtcp_port = 0;
};

/// The first of those on offer that this server has: unicast, to the address that asks and no
/// other. None where there is no such.
std::optional<Transport> choose_transport(std::string_view header);

}  // namespace saccade::relay
