// Who sees a stream's packets as they are read, before any is decoded: recorders and relays.
#pragma once

#include "media/libav.h"

namespace saccade::media {

/// Calls come from one thread at a time, which is the one that reads: they must not block for long.
class PacketTap {
  public:
    PacketTap() = default;
    PacketTap(const PacketTap&) = delete;
    PacketTap& operator=(const PacketTap&) = delete;
    virtual ~PacketTap() = default;

    /// A connection or file was opened: the packets that follow are of this stream, which may be
    /// another than the one before. `frame_rate`: Hz, 0 where unknown. `live`: it waits for nobody.
    virtual void begin(const AVStream& stream, double frame_rate, bool live) = 0;
    /// The next one, in decode order, in the stream's time base.
    virtual void packet(const AVPacket& packet) = 0;
};

}  // namespace saccade::media
