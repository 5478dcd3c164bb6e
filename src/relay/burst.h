// The RTP packets of one coded picture, made once for all players.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace saccade::relay {

/// Bytes in front of each packet where RTP shares the RTSP connection: '$', channel, length (RFC
/// 2326, 10.12).
inline constexpr std::size_t interleaved_header = 4;

struct Burst {
    struct Packet {
        std::size_t begin = 0, size = 0;  ///< in `bytes`, of the packet without that header
    };
    /// Each packet behind its header, for channel 0: as they go out over TCP.
    std::vector<std::uint8_t> bytes;
    std::vector<Packet> packets;
    bool key = false;            ///< a player may begin here
    std::uint32_t rtp_time = 0;  ///< of the picture, 90 kHz, wraps
    std::int64_t wall_ns = 0;    ///< when it was taken: Unix time
    std::int64_t stream_ms = 0;  ///< its place in the stream; does not wrap
};

}  // namespace saccade::relay
