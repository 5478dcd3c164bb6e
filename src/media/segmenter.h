// Cuts a stream's packets into runs that can be decoded apart from one another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "media/entry_points.h"
#include "media/libav.h"

namespace saccade::media {

/// Packets for a decoder that has seen none before, or was flushed; in decode order.
struct Segment {
    std::uint64_t number = 0;       ///< from 0, in the order in which they are shown
    std::uint64_t first_index = 0;  ///< pictures in those before it, if each packet makes one
    std::deque<AvPacket> packets;
    std::optional<std::int64_t>
        begin;  ///< when its first picture is shown, in the stream's time base
    /// Likewise: pictures from there on are the next segment's. Its entry point is
    /// decoded here too, because pictures of this segment refer to it.
    std::optional<std::int64_t> end;
    bool last = false;  ///< certain to be the last, as the stream can't be cut any more
    bool whole = true;  ///< else read on with Segmenter::more() when these are used up
};

struct SegmenterOptions {
    bool cut = true;            ///< else all is one segment
    std::size_t shortest = 64;  ///< packets: a decoder is empty for a moment between two
    /// Read at once, packets and bytes: a group of ten seconds of 8K at 200 Mbit/s fits.
    std::size_t most = 1024, most_bytes = std::size_t{256} << 20U;
};

/// All packets go into exactly one segment each (entry points perhaps in two), in order. A stream
/// that can't be cut with certainty, or no longer (packets without times, a clock set back, headers
/// that change between entry points), is, from there on, one segment. One thread at a time.
class Segmenter {
  public:
    /// Reads the next packet into an empty one: 0, or what ended the stream (AVERROR_EOF and
    /// others).
    using Read = std::function<int(AVPacket&)>;

    Segmenter(const AVCodecParameters& codec, Read read, const SegmenterOptions& options = {})
        : entries_(codec),
          read_(std::move(read)),
          options_(options),
          splits_(options.cut && entries_.known()) {}

    /// The next segment, or none where the stream is over; see ended(). The one before must be
    /// whole.
    std::optional<Segment> next();
    /// More packets of a segment that is not whole. To be called before any next().
    void more(Segment& segment);

    /// What ended the stream: AVERROR_EOF or another code; 0 as long as nothing has.
    [[nodiscard]] int ended() const noexcept { return ended_; }
    /// Whether there may be several segments.
    [[nodiscard]] bool splits() const noexcept { return splits_; }

  private:
    struct Seen {
        AvPacket packet;
        bool entry = false;
    };
    std::optional<Seen> take();
    void fill(Segment& segment);
    void read_on(Segment& segment);
    bool cut(Segment& segment, Seen& key);
    void append(Segment& segment, AvPacket packet);
    [[nodiscard]] bool doubtful(const AVPacket& packet);

    EntryPoints entries_;
    Read read_;
    const SegmenterOptions options_;
    bool splits_;
    int ended_ = 0;
    std::deque<Seen> ahead_;  ///< read, and in no segment yet
    std::uint64_t number_ = 0, pictures_ = 0;
    std::size_t length_ = 0;              ///< packets of the open segment
    std::optional<std::int64_t> latest_;  ///< the largest pts in segments so far
    std::optional<std::int64_t> dts_;     ///< of the packet read last
};

}  // namespace saccade::media
