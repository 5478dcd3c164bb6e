#include "media/encoder.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
}

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "media/color_tags.h"
#include "media/libav.h"

namespace saccade::media {
namespace {

constexpr AVRational time_base = {1, 90000};  // fine enough for any rate; MPEG-4 takes up to 65535
constexpr AVRational mpeg4_time_base = {1, 60000};
constexpr AVRational nanosecond = {1, 1'000'000'000};

struct Closer {
    void operator()(AVFormatContext* format) const noexcept {
        if (format->pb != nullptr) avio_closep(&format->pb);
        avformat_free_context(format);
    }
};

const AVCodec* choose_encoder(Codec wanted) {
    if (wanted == Codec::hevc) return avcodec_find_encoder_by_name("libx265");
    const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
    return codec != nullptr ? codec : avcodec_find_encoder_by_name("mpeg4");
}

/// MPEG-4's quantiser (2 best to 31) that looks about like a CRF of x264 (0 to 51).
int mpeg4_quantizer(int crf) {
    return std::clamp(2 + crf * 16 / 51, 2, 31);
}

class Mp4Encoder final : public Encoder {
  public:
    Mp4Encoder(std::string path, const EncoderOptions& options)
        : path_(std::move(path)), options_(options) {}

    Result<void> open();
    Result<void> write(const Frame& frame) override;
    Result<void> finish() override;

  private:
    Result<void> open_codec();
    Result<void> copy_planes(const Frame& frame);
    Result<void> drain();
    tl::unexpected<Error> write_failure(int code) const {
        return fail(ErrorCode::unwritable,
                    fmt::format("{}: can't be written: {}", path_, libav_message(code)),
                    "check the free space and the permissions of the folder");
    }
    tl::unexpected<Error> encode_failure(int code) const {
        return fail(ErrorCode::internal,
                    fmt::format("{}: the encoder failed: {}", path_, libav_message(code)));
    }

    const std::string path_;
    const EncoderOptions options_;
    std::unique_ptr<AVFormatContext, Closer> format_;
    AvCodecContext codec_;
    AVStream* stream_ = nullptr;
    AvFrame picture_{av_frame_alloc()};
    AvPacket packet_{av_packet_alloc()};
    std::int64_t latest_pts_ = AV_NOPTS_VALUE;
    bool finished_ = false;
};

Result<void> Mp4Encoder::open() {
    if (options_.width <= 0 || options_.height <= 0 || !(options_.frame_rate > 0)) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: {}x{} px at {} Hz is no video", path_, options_.width,
                                options_.height, options_.frame_rate));
    }
    // The name may be a temporary one: it does not choose the container.
    AVFormatContext* format = nullptr;
    if (avformat_alloc_output_context2(&format, nullptr, "mp4", path_.c_str()) < 0) {
        return fail(ErrorCode::unavailable, "this libavformat can't write MP4",
                    "install a full FFmpeg");
    }
    format_.reset(format);
    format_->flags |= AVFMT_FLAG_BITEXACT;  // no version or clock time in the file
    if (auto done = open_codec(); !done) return done;

    stream_ = avformat_new_stream(format_.get(), nullptr);
    if (stream_ == nullptr ||
        avcodec_parameters_from_context(stream_->codecpar, codec_.get()) < 0) {
        return fail(ErrorCode::out_of_memory, path_ + ": no memory for an encoder");
    }
    stream_->time_base = codec_->time_base;
    stream_->avg_frame_rate = codec_->framerate;
    stream_->sample_aspect_ratio = codec_->sample_aspect_ratio;
    if (options_.tap) {
        options_.tap->begin(*stream_, options_.frame_rate, true);
        return {};
    }
    // "file:" keeps a colon in the path from being read as a protocol.
    int code = avio_open(&format_->pb, ("file:" + path_).c_str(), AVIO_FLAG_WRITE);
    if (code < 0) return write_failure(code);
    code = avformat_write_header(format_.get(), nullptr);
    return code < 0 ? write_failure(code) : Result<void>{};
}

Result<void> Mp4Encoder::open_codec() {
    const AVCodec* codec = choose_encoder(options_.codec);
    if (codec == nullptr) {
        return fail(ErrorCode::unavailable,
                    options_.codec == Codec::hevc
                        ? "this libavcodec can't encode HEVC"
                        : "this libavcodec can encode neither H.264 nor MPEG-4",
                    "install a full FFmpeg: `sudo apt-get install libavcodec-extra`");
    }
    codec_.reset(avcodec_alloc_context3(codec));
    if (!codec_) return fail(ErrorCode::out_of_memory, path_ + ": no memory for an encoder");
    codec_->width = (options_.width + 1) & ~1;  // 4:2:0 asks for even sizes
    codec_->height = (options_.height + 1) & ~1;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->framerate = av_d2q(options_.frame_rate, 100000);
    codec_->thread_count = options_.threads;
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
        codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    tag_color(*codec_, options_.color);
    if (options_.pixel_aspect != PixelAspect{}) {  // (square needs no word)
        codec_->sample_aspect_ratio = {options_.pixel_aspect.width, options_.pixel_aspect.height};
    }
    if (std::strcmp(codec->name, "libx264") == 0) {
        codec_->time_base = time_base;
        // superfast with the trees of veryfast: of the settings tried, the least CPU time at
        // veryfast's visible quality (bench/results/profile-cpu.md). The network wants those cores.
        av_opt_set(codec_->priv_data, "preset", "superfast", 0);
        if (options_.tap) {
            av_opt_set(codec_->priv_data, "tune", "zerolatency", 0);
        } else {
            av_opt_set(codec_->priv_data, "x264-params", "mbtree=1:rc-lookahead=10", 0);
        }
        av_opt_set_double(codec_->priv_data, "crf", std::clamp(options_.quality, 0, 51), 0);
    } else if (std::strcmp(codec->name, "libx265") == 0) {
        codec_->time_base = time_base;
        codec_->codec_tag = MKTAG('h', 'v', 'c', '1');  // players of Apple's take no other
        av_opt_set(codec_->priv_data, "preset", "ultrafast", 0);
        av_opt_set(codec_->priv_data, "x265-params", "log-level=error", 0);
        av_opt_set_double(codec_->priv_data, "crf", std::clamp(options_.quality, 0, 51), 0);
    } else {
        codec_->time_base = mpeg4_time_base;
        codec_->flags |= AV_CODEC_FLAG_QSCALE;
        codec_->global_quality = FF_QP2LAMBDA * mpeg4_quantizer(options_.quality);
    }
    if (options_.tap) {
        codec_->gop_size = std::max(static_cast<int>(std::lround(options_.frame_rate)), 1);
        codec_->max_b_frames = 0;
    }
    const int code = avcodec_open2(codec_.get(), codec, nullptr);
    return code < 0 ? encode_failure(code) : Result<void>{};
}

/// Into picture_, padded to even sizes by repeating the last column and row.
Result<void> Mp4Encoder::copy_planes(const Frame& frame) {
    // An encoder that made a copy (x264) leaves the memory to us: fresh pages cost more than
    // pixels.
    if (picture_->buf[0] == nullptr || av_frame_is_writable(picture_.get()) == 0) {
        av_frame_unref(picture_.get());
        picture_->format = codec_->pix_fmt;
        picture_->width = codec_->width;
        picture_->height = codec_->height;
        if (av_frame_get_buffer(picture_.get(), 0) < 0) {
            return fail(ErrorCode::out_of_memory, path_ + ": no memory for a picture");
        }
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const int shift = i == 0 ? 0 : 1;
        const int width = (frame.width + shift) >> shift, height = (frame.height + shift) >> shift;
        const int padded_width = codec_->width >> shift, padded_height = codec_->height >> shift;
        for (int y = 0; y < padded_height; ++y) {
            const std::uint8_t* from =
                frame.planes[i].data + frame.planes[i].stride * std::min(y, height - 1);
            std::uint8_t* to = picture_->data[i] + std::ptrdiff_t{picture_->linesize[i]} * y;
            std::memcpy(to, from, static_cast<std::size_t>(width));
            std::fill(to + width, to + padded_width, from[width - 1]);
        }
    }
    return {};
}

Result<void> Mp4Encoder::write(const Frame& frame) {
    if (frame.width != options_.width || frame.height != options_.height ||
        frame.format != PixelFormat::i420 || frame.memory != MemoryKind::host) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: takes i420 pictures of {}x{} px on the host, not this {}x{}",
                                path_, options_.width, options_.height, frame.width, frame.height));
    }
    if (finished_) return fail(ErrorCode::invalid_argument, path_ + ": is finished already");
    if (auto done = copy_planes(frame); !done) return done;
    picture_->pts = av_rescale_q(frame.pts.count(), nanosecond, codec_->time_base);
    // Containers want rising times: two frames of one time are put a tick apart.
    if (latest_pts_ != AV_NOPTS_VALUE) picture_->pts = std::max(picture_->pts, latest_pts_ + 1);
    latest_pts_ = picture_->pts;
    const int code = avcodec_send_frame(codec_.get(), picture_.get());
    return code < 0 ? encode_failure(code) : drain();
}

Result<void> Mp4Encoder::drain() {
    for (;;) {
        int code = avcodec_receive_packet(codec_.get(), packet_.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
        if (code < 0) return encode_failure(code);
        av_packet_rescale_ts(packet_.get(), codec_->time_base, stream_->time_base);
        packet_->stream_index = 0;
        // The last frame lasts one period: MP4 shows a frame of no duration not at all.
        if (packet_->duration <= 0) {
            packet_->duration = av_rescale_q(1, av_inv_q(codec_->framerate), stream_->time_base);
        }
        if (options_.tap) {
            options_.tap->packet(*packet_);
            av_packet_unref(packet_.get());
            continue;
        }
        code = av_interleaved_write_frame(format_.get(), packet_.get());
        if (code >= 0 && format_->pb->error < 0) code = format_->pb->error;
        if (code < 0) return write_failure(code);
    }
}

Result<void> Mp4Encoder::finish() {
    if (finished_) return {};
    finished_ = true;
    int code = avcodec_send_frame(codec_.get(), nullptr);
    if (code < 0) return encode_failure(code);
    if (auto done = drain(); !done) return done;
    if (options_.tap) return {};
    code = av_write_trailer(format_.get());
    if (code < 0) return write_failure(code);
    avio_flush(format_->pb);
    const int pending = format_->pb->error;
    code = avio_closep(&format_->pb);  // the last buffered bytes may find the disk full
    if (pending < 0) return write_failure(pending);
    return code < 0 ? write_failure(code) : Result<void>{};
}

}  // namespace

Result<std::unique_ptr<Encoder>> open_encoder(const std::filesystem::path& path,
                                              const EncoderOptions& options) {
    init_libav();
    auto encoder = std::make_unique<Mp4Encoder>(path.string(), options);
    if (auto done = encoder->open(); !done) return fail(done.error());
    return encoder;
}

}  // namespace saccade::media
