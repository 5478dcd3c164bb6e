#include "relay/rtp_packer.h"

extern "C" {
#include <libavutil/opt.h>
}

#include <fmt/format.h>

#include <array>
#include <utility>

namespace saccade::relay {
namespace {

/// With IP's and UDP's headers and a little for tunnels below the 1500 bytes of Ethernet.
constexpr int packet_size = 1400;
constexpr AVRational rtp_clock = {1, 90'000};  // of all video (RFC 3551)

std::uint32_t big_endian(const std::uint8_t* at) {
    return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U |
           at[3];
}

/// MP4 and Matroska have lengths in front of units, and the parameter sets apart.
const char* filter_for(const AVCodecParameters& codec) {
    const bool apart = codec.extradata_size > 0 && codec.extradata[0] == 1;
    if (codec.codec_id == AV_CODEC_ID_H264 && apart) return "h264_mp4toannexb";
    if (codec.codec_id == AV_CODEC_ID_HEVC && apart) return "hevc_mp4toannexb";
    const bool sets = codec.codec_id == AV_CODEC_ID_H264 || codec.codec_id == AV_CODEC_ID_HEVC;
    return sets && codec.extradata_size > 0 ? "dump_extra" : "null";
}

}  // namespace

Result<std::unique_ptr<RtpPacker>> RtpPacker::open(const AVCodecParameters& codec,
                                                   AVRational time_base, const std::string& name) {
    media::init_libav();
    std::unique_ptr<RtpPacker> packer(new RtpPacker(name));
    if (auto done = packer->start(codec, time_base); !done) return fail(done.error());
    return packer;
}

RtpPacker::~RtpPacker() {
    if (format_ == nullptr) return;
    if (begun_) av_write_trailer(format_);  // sends nothing; the muxer's own buffer goes with it
    if (format_->pb != nullptr) {
        av_freep(&format_->pb->buffer);
        avio_context_free(&format_->pb);
    }
    avformat_free_context(format_);
}

Result<void> RtpPacker::open_filter(const AVCodecParameters& codec, AVRational time_base) {
    AVBSFContext* filter = nullptr;
    const AVBitStreamFilter* kind = av_bsf_get_by_name(filter_for(codec));
    if (kind == nullptr || av_bsf_alloc(kind, &filter) < 0) {
        return fail(ErrorCode::unavailable,
                    name_ + ": this libavcodec lacks its bit stream filters",
                    "install a full FFmpeg");
    }
    filter_.reset(filter);
    if (avcodec_parameters_copy(filter->par_in, &codec) < 0) {
        return fail(ErrorCode::out_of_memory, name_ + ": no memory for a stream");
    }
    filter->time_base_in = time_base;
    const int code = av_bsf_init(filter);
    if (code < 0) {
        return fail(ErrorCode::corrupt, fmt::format("{}: its headers can't be read: {}", name_,
                                                    media::libav_message(code)));
    }
    return {};
}

Result<void> RtpPacker::start(const AVCodecParameters& codec, AVRational time_base) {
    time_base_ = time_base;
    if (auto done = open_filter(codec, time_base); !done) return done;
    if (avformat_alloc_output_context2(&format_, nullptr, "rtp", nullptr) < 0) {
        return fail(ErrorCode::unavailable, "this libavformat can't write RTP",
                    "install a full FFmpeg");
    }
    AVStream* const stream = avformat_new_stream(format_, nullptr);
    auto* const buffer = static_cast<std::uint8_t*>(av_malloc(packet_size));
    if (buffer != nullptr) {
        format_->pb = avio_alloc_context(buffer, packet_size, 1, this, nullptr, &take, nullptr);
    }
    if (stream == nullptr || format_->pb == nullptr ||
        avcodec_parameters_copy(stream->codecpar, filter_->par_out) < 0) {
        return fail(ErrorCode::out_of_memory, name_ + ": no memory for a stream");
    }
    stream->codecpar->codec_tag = 0;  // the tag of the other container
    stream->time_base = rtp_clock;
    format_->pb->max_packet_size = packet_size;
    format_->packet_size = packet_size;
    AVDictionary* options = nullptr;
    // Sender reports are ours (relay/rtcp.h): the muxer takes the time that it is called at for
    // the picture's.
    av_dict_set(&options, "rtpflags", "skip_rtcp", 0);
    av_dict_set(&options, "strict", "experimental", 0);  // VP9's, which is as the draft has it
    const int code = avformat_write_header(format_, &options);
    av_dict_free(&options);
    if (code < 0) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: this FFmpeg can't send {} over RTP", name_,
                                avcodec_get_name(codec.codec_id)),
                    "relay H.264, HEVC, VP8, VP9, MPEG-4 or MJPEG");
    }
    begun_ = true;
    return describe();
}

Result<void> RtpPacker::describe() {
    std::array<char, 16'384> text{};
    if (av_sdp_create(&format_, 1, text.data(), text.size()) < 0) {
        return fail(ErrorCode::unsupported, name_ + ": its headers are too long to describe");
    }
    sdp_ = text.data();
    if (sdp_.find("a=control:") == std::string::npos) sdp_ += "a=control:streamid=0\r\n";
    return {};
}

int RtpPacker::take(void* self, std::uint8_t* data, int size) {
    auto& burst = static_cast<RtpPacker*>(self)->burst_;
    const auto count = static_cast<std::size_t>(size);
    const std::array<std::uint8_t, interleaved_header> header = {
        '$', 0, static_cast<std::uint8_t>(count >> 8U), static_cast<std::uint8_t>(count & 0xFFU)};
    burst.bytes.insert(burst.bytes.end(), header.begin(), header.end());
    burst.packets.push_back({burst.bytes.size(), count});
    burst.bytes.insert(burst.bytes.end(), data, data + count);
    return size;
}

Result<std::shared_ptr<const Burst>> RtpPacker::pack(const AVPacket& packet, std::int64_t wall_ns) {
    const auto corrupt = [this](int code) {
        return fail(ErrorCode::corrupt, fmt::format("{}: a packet can't be relayed: {}", name_,
                                                    media::libav_message(code)));
    };
    if (av_packet_ref(packet_.get(), &packet) < 0) {
        return fail(ErrorCode::out_of_memory, name_ + ": no memory for a packet");
    }
    burst_ = {};
    bool sent = false;
    media::clear_libav_error();
    int code = av_bsf_send_packet(filter_.get(), packet_.get());
    while (code >= 0) {
        code = av_bsf_receive_packet(filter_.get(), packet_.get());
        if (code < 0) break;
        burst_.key = burst_.key || (packet_->flags & AV_PKT_FLAG_KEY) != 0;
        packet_->stream_index = 0;
        av_packet_rescale_ts(packet_.get(), time_base_, rtp_clock);
        burst_.stream_ms = packet_->pts / 90;
        code = av_write_frame(format_, packet_.get());
        sent = true;
        av_packet_unref(packet_.get());
    }
    av_packet_unref(packet_.get());
    if (code != AVERROR(EAGAIN) && code < 0) return corrupt(code);
    if (burst_.packets.empty()) {
        // (The muxer returns no error for a picture that RTP has no form for.)
        const std::string why = media::last_libav_error();
        if (!sent || why.empty()) return std::shared_ptr<const Burst>{};
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: a picture can't be sent over RTP: {}", name_, why));
    }
    const std::uint8_t* const first = burst_.bytes.data() + burst_.packets.front().begin;
    burst_.rtp_time = big_endian(first + 4);  // RFC 3550, 5.1
    ssrc_ = big_endian(first + 8);
    burst_.wall_ns = wall_ns;
    return std::make_shared<const Burst>(std::move(burst_));
}

}  // namespace saccade::relay
