// Reports of the sender: which time of the day its pictures are from.
#pragma once

#include <cstdint>
#include <vector>

#include "relay/burst.h"

namespace saccade::relay {

/// What a stream has sent, for its reports.
struct SentCounts {
    std::uint32_t packets = 0, bytes = 0;  ///< wrap
};

/// A compound of sender report and name (RFC 3550, 6.4.1 and 6.5), without a header of RTSP.
std::vector<std::uint8_t> sender_report(std::uint32_t ssrc, const Burst& burst,
                                        const SentCounts& sent);

/// The sender goes (6.6), likewise.
std::vector<std::uint8_t> goodbye(std::uint32_t ssrc);

}  // namespace saccade::relay
