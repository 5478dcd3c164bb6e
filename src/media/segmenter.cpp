#include "media/segmenter.h"

#include <algorithm>
#include <utility>

namespace saccade::media {
namespace {

// More leading pictures than a decoder can hold back (16 in H.264 and HEVC) are no such.
constexpr std::size_t most_leading = 16;

/// Tells decoders what those that start later would not know.
bool changes_headers(const AVPacket& packet) {
    return std::any_of(packet.side_data, packet.side_data + packet.side_data_elems,
                       [](const AVPacketSideData& side) {
                           return side.type == AV_PKT_DATA_NEW_EXTRADATA ||
                                  side.type == AV_PKT_DATA_PARAM_CHANGE ||
                                  side.type == AV_PKT_DATA_PALETTE;
                       });
}

}  // namespace

std::optional<Segment> Segmenter::next() {
    Segment segment;
    auto first = take();
    if (!first) return std::nullopt;
    segment.number = number_++;
    segment.first_index = pictures_;
    length_ = 0;
    if (segment.number > 0) segment.begin = first->packet->pts;
    append(segment, std::move(first->packet));
    fill(segment);
    return segment;
}

void Segmenter::more(Segment& segment) {
    fill(segment);
}

void Segmenter::fill(Segment& segment) {
    read_on(segment);
    segment.last = segment.whole ? ahead_.empty() && ended_ != 0 : !splits_;
}

void Segmenter::read_on(Segment& segment) {
    std::size_t bytes = 0;
    segment.whole = false;
    while (segment.packets.size() < options_.most && bytes < options_.most_bytes) {
        auto seen = take();
        if (!seen) {
            segment.whole = true;
            return;
        }
        if (seen->entry && splits_ && length_ >= options_.shortest && cut(segment, *seen)) return;
        bytes += static_cast<std::size_t>(seen->packet->size);
        append(segment, std::move(seen->packet));
    }
}

std::optional<Segmenter::Seen> Segmenter::take() {
    if (!ahead_.empty()) {
        Seen seen = std::move(ahead_.front());
        ahead_.pop_front();
        return seen;
    }
    if (ended_ != 0) return std::nullopt;
    AvPacket packet(av_packet_alloc());
    ended_ = packet ? std::min(read_(*packet), 0) : AVERROR(ENOMEM);
    if (ended_ != 0) return std::nullopt;
    const bool entry = splits_ && entries_.is_entry(*packet);
    if (splits_ && doubtful(*packet)) splits_ = false;
    return Seen{std::move(packet), entry};
}

bool Segmenter::doubtful(const AVPacket& packet) {
    const bool back = packet.dts != AV_NOPTS_VALUE && dts_ && packet.dts < *dts_;
    if (packet.dts != AV_NOPTS_VALUE) dts_ = packet.dts;
    return packet.pts == AV_NOPTS_VALUE || back || changes_headers(packet);
}

/// Ends the segment in front of `key`, which is an entry point, if it can be told what belongs
/// where.
bool Segmenter::cut(Segment& segment, Seen& key) {
    const std::int64_t start = key.packet->pts;
    if (latest_ && start <= *latest_) {  // a clock that was set back
        splits_ = false;
        return false;
    }
    std::deque<Seen> leading;    // shown before it, and perhaps made from the segment's pictures
    std::optional<Seen> behind;  // the first that is not
    while (splits_ && !behind) {
        auto seen = take();
        if (!seen) break;
        splits_ = splits_ && leading.size() < most_leading;
        if (splits_ && seen->packet->pts >= start) {
            behind = std::move(*seen);
        } else {
            leading.push_back(std::move(*seen));
        }
    }
    if (behind) ahead_.push_front(std::move(*behind));
    AvPacket again;
    if (splits_ && !leading.empty()) {
        again.reset(av_packet_clone(key.packet.get()));
        splits_ = again != nullptr;
    }
    if (!splits_) {
        for (; !leading.empty(); leading.pop_back()) ahead_.push_front(std::move(leading.back()));
        return false;
    }
    if (again) {
        segment.end = start;
        segment.packets.push_back(std::move(again));
        for (Seen& seen : leading) append(segment, std::move(seen.packet));
    }
    ahead_.push_front(std::move(key));
    segment.whole = true;
    return true;
}

void Segmenter::append(Segment& segment, AvPacket packet) {
    ++length_;
    if ((packet->flags & AV_PKT_FLAG_DISCARD) == 0) ++pictures_;
    if (packet->pts != AV_NOPTS_VALUE)
        latest_ = std::max(latest_.value_or(packet->pts), packet->pts);
    segment.packets.push_back(std::move(packet));
}

}  // namespace saccade::media
