#include "media/encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "media/color_tags.h"
#include "media/encoder_device.h"
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

/// One component of a picture: `step` bytes from a sample to the next, beginning with `first`.
struct PlaneRows {
    Plane plane;
    int width, height, step, first;
};

/// Repeats the last column and row where `to` is larger.
void copy_component(const PlaneRows& from, std::uint8_t* to, std::ptrdiff_t stride, int step,
                    int width, int height) {
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* source =
            from.plane.data + from.plane.stride * std::min(y, from.height - 1) + from.first;
        std::uint8_t* row = to + stride * y;
        if (from.step == 1 && step == 1) {
            std::memcpy(row, source, static_cast<std::size_t>(from.width));
        } else {
            for (int x = 0; x < from.width; ++x) row[x * step] = source[x * from.step];
        }
        for (int x = from.width; x < width; ++x) row[x * step] = row[(from.width - 1) * step];
    }
}

/// Lets go of what a picture borrowed.
void give_back(void* owner, std::uint8_t* /*data*/) {
    delete static_cast<std::shared_ptr<const void>*>(owner);
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
    bool borrow(const Frame& frame);
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
    const auto found = find_encoder(options_.choice);
    if (!found) return fail(found.error());
    const AVCodec* const codec = *found;
    codec_.reset(avcodec_alloc_context3(codec));
    if (!codec_) return fail(ErrorCode::out_of_memory, path_ + ": no memory for an encoder");
    codec_->width = (options_.width + 1) & ~1;  // 4:2:0 asks for even sizes
    codec_->height = (options_.height + 1) & ~1;
    const bool nv12 = takes_nv12(*codec);
    const bool only_nv12 = nv12 && !takes_i420(*codec);
    codec_->pix_fmt = only_nv12 || (nv12 && options_.format == PixelFormat::nv12)
                          ? AV_PIX_FMT_NV12
                          : AV_PIX_FMT_YUV420P;
    codec_->time_base = codec->id == AV_CODEC_ID_MPEG4 ? mpeg4_time_base : time_base;
    codec_->framerate = av_d2q(options_.frame_rate, 100000);
    codec_->flags |= AV_CODEC_FLAG_BITEXACT;
    if ((format_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
        codec_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    }
    tag_color(*codec_, options_.color);
    if (options_.pixel_aspect != PixelAspect{}) {  // (square needs no word)
        codec_->sample_aspect_ratio = {options_.pixel_aspect.width, options_.pixel_aspect.height};
    }
    const bool low_delay = options_.tap != nullptr;
    if (auto told = tell_encoder(*codec_, *codec, options_.choice, options_.threads, low_delay);
        !told) {
        return told;
    }
    if (low_delay) {
        codec_->gop_size = std::max(static_cast<int>(std::lround(options_.frame_rate)), 1);
    }
    if (options_.device >= 0) {
        if (auto done = on_device(*codec_, *codec, options_.device); !done) return done;
    }
    const int code = avcodec_open2(codec_.get(), codec, nullptr);
    return code < 0 ? encode_failure(code) : Result<void>{};
}

/// Borrows the frame's planes where the encoder reads them as they lie; nothing else is copied.
bool Mp4Encoder::borrow(const Frame& frame) {
    const bool whole = frame.width == codec_->width && frame.height == codec_->height;
    const bool same = codec_->pix_fmt == AV_PIX_FMT_CUDA ||
                      codec_->pix_fmt == (frame.format == PixelFormat::nv12 ? AV_PIX_FMT_NV12
                                                                            : AV_PIX_FMT_YUV420P);
    if (!whole || !same || frame.owner == nullptr) return false;
    av_frame_unref(picture_.get());
    auto owner = std::make_unique<std::shared_ptr<const void>>(frame.owner);
    // (FFmpeg's planes are not const; a buffer that is read-only is not written to.)
    auto* const first = const_cast<std::uint8_t*>(frame.planes[0].data);
    picture_->buf[0] = av_buffer_create(first, 1, give_back, owner.get(), AV_BUFFER_FLAG_READONLY);
    if (picture_->buf[0] == nullptr) return false;
    static_cast<void>(owner.release());
    picture_->format = codec_->pix_fmt;
    picture_->width = codec_->width;
    picture_->height = codec_->height;
    for (std::size_t i = 0; i < frame.planes.size(); ++i) {
        picture_->data[i] = const_cast<std::uint8_t*>(frame.planes[i].data);
        picture_->linesize[i] = static_cast<int>(frame.planes[i].stride);
    }
    if (codec_->hw_frames_ctx != nullptr) {
        picture_->hw_frames_ctx = av_buffer_ref(codec_->hw_frames_ctx);
    }
    return true;
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
    const PlaneRows luma{frame.planes[0], frame.width, frame.height, 1, 0};
    copy_component(luma, picture_->data[0], picture_->linesize[0], 1, codec_->width,
                   codec_->height);
    const int width = (frame.width + 1) / 2, height = (frame.height + 1) / 2;
    const bool from_pairs = frame.format == PixelFormat::nv12;
    const bool to_pairs = codec_->pix_fmt == AV_PIX_FMT_NV12;
    for (int c = 0; c < 2; ++c) {
        const auto from = static_cast<std::size_t>(from_pairs ? 1 : 1 + c),
                   to = to_pairs ? 1UL : 1UL + c;
        const PlaneRows chroma{frame.planes[from], width, height, from_pairs ? 2 : 1,
                               from_pairs ? c : 0};
        copy_component(chroma, picture_->data[to] + (to_pairs ? c : 0), picture_->linesize[to],
                       to_pairs ? 2 : 1, codec_->width / 2, codec_->height / 2);
    }
    return {};
}

Result<void> Mp4Encoder::write(const Frame& frame) {
    const bool device = options_.device >= 0;
    const bool here = device ? frame.memory == MemoryKind::cuda && frame.device == options_.device
                             : frame.memory == MemoryKind::host;
    const bool known =
        frame.format == PixelFormat::nv12 || (frame.format == PixelFormat::i420 && !device);
    if (frame.width != options_.width || frame.height != options_.height || !known || !here) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: takes {} pictures of {}x{} px {}, not this {}x{}", path_,
                                device ? "nv12" : "i420 and nv12", options_.width, options_.height,
                                device ? fmt::format("on cuda:{}", options_.device) : "on the host",
                                frame.width, frame.height));
    }
    if (finished_) return fail(ErrorCode::invalid_argument, path_ + ": is finished already");
    const bool borrowed = borrow(frame);
    if (!borrowed) {
        if (device) {
            return fail(ErrorCode::invalid_argument,
                        path_ + ": takes pictures of even sizes that have an owner");
        }
        if (auto done = copy_planes(frame); !done) return done;
    }
    picture_->pict_type = AV_PICTURE_TYPE_NONE;
    picture_->pts = av_rescale_q(frame.pts.count(), nanosecond, codec_->time_base);
    // Containers want rising times: two frames of one time are put a tick apart.
    if (latest_pts_ != AV_NOPTS_VALUE) picture_->pts = std::max(picture_->pts, latest_pts_ + 1);
    latest_pts_ = picture_->pts;
    const int code = avcodec_send_frame(codec_.get(), picture_.get());
    const Result<void> done = code < 0 ? encode_failure(code) : drain();
    if (borrowed) av_frame_unref(picture_.get());  // its owner may wait for it
    return done;
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
