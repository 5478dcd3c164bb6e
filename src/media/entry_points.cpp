#include "media/entry_points.h"

#include <cstddef>
#include <utility>

#include "media/h264_sps.h"

namespace saccade::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// avcC and hvcC records (ISO/IEC 14496-15, 5.3.3 and 8.3.3) start with a version, 1; parameter
/// sets in Annex B start with a zero.
int length_bytes_of(Bytes extradata, std::size_t least, std::size_t at) {
    if (extradata.size() < least || extradata[0] != 1) return 0;
    return (extradata[at] & 3) + 1;
}

bool intra_only(AVCodecID codec) {
    const AVCodecDescriptor* const descriptor = avcodec_descriptor_get(codec);
    return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

/// The byte behind the next start code (0 0 1) at or after `from`; size() where there is none.
std::size_t next_unit(Bytes data, std::size_t from) {
    for (std::size_t i = from; i + 3 < data.size(); ++i) {
        if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1) return i + 3;
    }
    return data.size();
}

constexpr unsigned h264_idr = 5, h264_sps = 7;  // ITU-T H.264, table 7-1

}  // namespace

EntryPoints::EntryPoints(const AVCodecParameters& codec) {
    const Bytes extradata(codec.extradata, static_cast<std::size_t>(codec.extradata_size));
    switch (codec.codec_id) {
        case AV_CODEC_ID_H264:
            kind_ = Kind::h264;
            length_bytes_ = length_bytes_of(extradata, 7, 4);
            if (!headers_tell_reordering(extradata)) kind_ = Kind::unknown;
            break;
        case AV_CODEC_ID_HEVC:
            kind_ = Kind::hevc;
            length_bytes_ = length_bytes_of(extradata, 23, 21);
            break;
        case AV_CODEC_ID_VP8:
        case AV_CODEC_ID_VP9:
        case AV_CODEC_ID_AV1: kind_ = Kind::key_flag; break;
        default:
            if (intra_only(codec.codec_id)) kind_ = Kind::key_flag;
    }
}

bool EntryPoints::is_entry(const AVPacket& packet) {
    if (kind_ == Kind::unknown) return false;
    const bool key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
    if (kind_ == Kind::key_flag) return key;
    const Units units = units_of(Bytes(packet.data, static_cast<std::size_t>(packet.size)));
    headers_in_band_ |= units.headers;
    const bool begins = std::exchange(sequence_ended_, units.ends_sequence) || units.ends_sequence;
    if (begins || units.drops_pictures) return false;
    return key && units.sane && units.entry && units.headers == headers_in_band_;
}

/// Of H.264: all sets of parameters that the container has, of which there must be one.
bool EntryPoints::headers_tell_reordering(Bytes extradata) const {
    Units units;
    if (length_bytes_ == 0) {
        units = units_of(extradata);
    } else {
        std::size_t at = 6;  // avcC: the sets, each behind its length in two bytes
        for (unsigned left = extradata[5] & 0x1FU; left > 0 && extradata.size() - at > 2; --left) {
            const std::size_t length =
                static_cast<std::size_t>(extradata[at]) << 8U | extradata[at + 1];
            at += 2;
            if (length == 0 || length > extradata.size() - at) return false;
            note(extradata.subspan(at, length), units);
            at += length;
        }
    }
    return units.sane && (units.headers & 1U) != 0;
}

EntryPoints::Units EntryPoints::units_of(Bytes packet) const {
    Units units;
    if (length_bytes_ == 0) {
        for (std::size_t at = next_unit(packet, 0); at < packet.size();) {
            const std::size_t next = next_unit(packet, at);
            const std::size_t end = next < packet.size() ? next - 3 : next;
            if (end > at) note(packet.subspan(at, end - at), units);
            at = next;
        }
        return units;
    }
    const auto prefix = static_cast<std::size_t>(length_bytes_);
    std::size_t at = 0;
    while (packet.size() - at > prefix) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < prefix; ++i) length = length << 8U | packet[at + i];
        at += prefix;
        if (length == 0 || length > packet.size() - at) {
            units.sane = false;
            return units;
        }
        note(packet.subspan(at, length), units);
        at += length;
    }
    units.sane = at == packet.size();
    return units;
}

void EntryPoints::note(Bytes unit, Units& units) const {
    const std::uint8_t header = unit.front();
    if (kind_ == Kind::h264) {
        const unsigned type = header & 0x1FU;
        units.entry = units.entry || type == h264_idr;
        if (type == h264_sps || type == h264_sps + 1)
            units.headers |= 1U << (type - h264_sps);  // SPS, PPS
        if (type == h264_sps && !tells_reordering(unit)) units.sane = false;
    } else {
        const unsigned type = header >> 1U & 0x3FU;
        units.entry = units.entry || (type >= 16 && type <= 21);  // BLA, IDR, CRA
        // Their slices begin with first_slice_segment_in_pic_flag and no_output_of_prior_pics_flag
        // (7.3.6.1).
        if (type >= 16 && type <= 23 && unit.size() > 2 && (unit[2] & 0x40U) != 0)
            units.drops_pictures = true;
        if (type == 36 || type == 37) units.ends_sequence = true;          // EOS, EOB
        if (type >= 32 && type <= 34) units.headers |= 1U << (type - 32);  // VPS, SPS, PPS
    }
}

}  // namespace saccade::media
