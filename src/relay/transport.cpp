#include "relay/transport.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace saccade::relay {
namespace {

template <typename Number>
std::optional<std::pair<Number, Number>> range_of(std::string_view text) {
    Number first = 0, second = 0;
    const char* const end = text.data() + text.size();
    const auto one = std::from_chars(text.data(), end, first);
    if (one.ec != std::errc{}) return std::nullopt;
    if (one.ptr == end) {
        second = static_cast<Number>(first + 1);
    } else {
        if (*one.ptr != '-') return std::nullopt;
        const auto two = std::from_chars(one.ptr + 1, end, second);
        if (two.ec != std::errc{} || two.ptr != end) return std::nullopt;
    }
    return std::pair{first, second};
}

std::optional<Transport> understand(std::string_view offer) {
    Transport transport;
    bool ported = false, first = true;
    while (!offer.empty()) {
        const std::size_t end = std::min(offer.find(';'), offer.size());
        const std::string_view part = offer.substr(0, end);
        offer.remove_prefix(std::min(end + 1, offer.size()));
        if (first) {
            if (part != "RTP/AVP" && part != "RTP/AVP/UDP" && part != "RTP/AVP/TCP")
                return std::nullopt;
            transport.udp = part != "RTP/AVP/TCP";
            first = false;
        } else if (part == "multicast") {
            return std::nullopt;
        } else if (part.starts_with("interleaved=")) {
            const auto channels = range_of<std::uint8_t>(part.substr(12));
            if (!channels || channels->second != channels->first + 1) return std::nullopt;
            transport.channel = channels->first;
        } else if (part.starts_with("client_port=")) {
            const auto ports = range_of<std::uint16_t>(part.substr(12));
            // (Ports below 1024 are no player's.)
            if (!ports || ports->first < 1024 || ports->second < 1024) return std::nullopt;
            transport.rtp_port = ports->first;
            transport.rtcp_port = ports->second;
            ported = true;
        }
    }
    if (first || (transport.udp && !ported)) return std::nullopt;
    return transport;
}

}  // namespace

std::optional<Transport> choose_transport(std::string_view header) {
    while (!header.empty()) {
        const std::size_t from = std::min(header.find_first_not_of(" \t"), header.size());
        header.remove_prefix(from);
        const std::size_t end = std::min(header.find(','), header.size());
        if (auto transport = understand(header.substr(0, end))) return transport;
        header.remove_prefix(std::min(end + 1, header.size()));
    }
    return std::nullopt;
}

}  // namespace saccade::relay
