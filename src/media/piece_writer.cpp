#include "media/piece_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace saccade::media {
namespace {

bool takes(const char* container, const AVCodecParameters& codec) {
    const AVOutputFormat* const format = av_guess_format(container, nullptr, nullptr);
    return format != nullptr &&
           avformat_query_codec(format, codec.codec_id, FF_COMPLIANCE_NORMAL) == 1;
}

}  // namespace

std::string piece_suffix(const AVCodecParameters& codec) {
    return takes("mp4", codec) ? ".mp4" : ".mkv";
}

Result<std::unique_ptr<PieceWriter>> PieceWriter::open(const std::filesystem::path& path,
                                                       const AVCodecParameters& codec,
                                                       AVRational time_base, AVRational frame_rate,
                                                       const std::string& name) {
    init_libav();
    std::unique_ptr<PieceWriter> writer(new PieceWriter(name));
    const bool mp4 = takes("mp4", codec);
    if (!mp4 && !takes("matroska", codec)) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: neither MP4 nor Matroska takes {}", name,
                                avcodec_get_name(codec.codec_id)),
                    "leave source out of --save");
    }
    if (avformat_alloc_output_context2(&writer->format_, nullptr, mp4 ? "mp4" : "matroska",
                                       nullptr) < 0) {
        return fail(ErrorCode::unavailable, "this libavformat writes neither MP4 nor Matroska",
                    "install a full FFmpeg");
    }
    AVFormatContext& format = *writer->format_;
    AVStream* const stream = avformat_new_stream(&format, nullptr);
    if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, &codec) < 0) {
        return fail(ErrorCode::out_of_memory, name + ": no memory for a stream");
    }
    stream->codecpar->codec_tag = 0;  // the tag of the other container
    stream->time_base = time_base;
    if (frame_rate.num > 0) stream->avg_frame_rate = frame_rate;
    writer->time_base_ = time_base;
    if (frame_rate.num > 0) {
        writer->period_ =
            std::max<std::int64_t>(av_rescale_q(1, av_inv_q(frame_rate), time_base), 1);
    }
    format.flags |= AVFMT_FLAG_FLUSH_PACKETS;
    AVDictionary* options = nullptr;
    if (mp4) av_dict_set(&options, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0);
    int code = avio_open(&format.pb, ("file:" + path.string()).c_str(), AVIO_FLAG_WRITE);
    if (code >= 0) code = avformat_write_header(&format, &options);
    av_dict_free(&options);
    if (code < 0) return writer->failure(code);
    return writer;
}

PieceWriter::~PieceWriter() {
    if (format_ == nullptr) return;
    avio_closep(&format_->pb);
    avformat_free_context(format_);
}

tl::unexpected<Error> PieceWriter::failure(int code) const {
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", name_, libav_message(code)),
                "check the free space and the permissions of the folder");
}

Result<void> PieceWriter::write(const AVPacket& packet) {
    if (av_packet_ref(packet_.get(), &packet) < 0) {
        return fail(ErrorCode::out_of_memory, name_ + ": no memory for a packet");
    }
    AVPacket& p = *packet_;
    if (p.dts == AV_NOPTS_VALUE) p.dts = p.pts;
    if (p.dts == AV_NOPTS_VALUE)
        p.dts = latest_ == AV_NOPTS_VALUE ? 0 : latest_ + period_ + origin_;
    if (p.pts == AV_NOPTS_VALUE) p.pts = p.dts;
    if (origin_ == AV_NOPTS_VALUE) origin_ = p.dts;
    p.pts -= origin_;
    p.dts -= origin_;
    if (latest_ != AV_NOPTS_VALUE) p.dts = std::max(p.dts, latest_ + 1);
    p.pts = std::max(p.pts, p.dts);
    latest_ = p.dts;
    if (p.duration <= 0) p.duration = period_;
    p.stream_index = 0;
    p.pos = -1;
    av_packet_rescale_ts(&p, time_base_, format_->streams[0]->time_base);
    int code = av_write_frame(format_, &p);
    av_packet_unref(&p);
    if (code >= 0 && format_->pb->error < 0) code = format_->pb->error;
    return code < 0 ? failure(code) : Result<void>{};
}

Result<void> PieceWriter::finish() {
    int code = av_write_trailer(format_);
    avio_flush(format_->pb);
    if (code >= 0 && format_->pb->error < 0) code = format_->pb->error;
    const int closed = avio_closep(&format_->pb);
    if (code >= 0) code = closed;
    return code < 0 ? failure(code) : Result<void>{};
}

}  // namespace saccade::media
