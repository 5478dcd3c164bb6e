#include "support/clip.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#ifdef __SANITIZE_ADDRESS__
// libx265 3.5 keeps a few blocks of its own after the encoder is closed.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libx265";
}
#endif

namespace saccade::test {
namespace {

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* p) const {
        Free(&p);
    }
};
using CodecContext = std::unique_ptr<AVCodecContext, Deleter<avcodec_free_context>>;
using FramePtr = std::unique_ptr<AVFrame, Deleter<av_frame_free>>;
using PacketPtr = std::unique_ptr<AVPacket, Deleter<av_packet_free>>;

struct CloseOutput {
    void operator()(AVFormatContext* f) const {
        if (f->pb != nullptr && (f->oformat->flags & AVFMT_NOFILE) == 0) avio_closep(&f->pb);
        avformat_free_context(f);
    }
};
using Output = std::unique_ptr<AVFormatContext, CloseOutput>;

struct Dictionary {
    AVDictionary* entries = nullptr;
    ~Dictionary() { av_dict_free(&entries); }
};

tl::unexpected<Error> av_fail(const std::string& what, int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return fail(ErrorCode::internal, what + ": " + text);
}

Result<Output> open_output(const std::filesystem::path& path, const std::string& container) {
    AVFormatContext* raw = nullptr;
    const int code = avformat_alloc_output_context2(
        &raw, nullptr, container.empty() ? nullptr : container.c_str(), path.c_str());
    if (code < 0) return av_fail("muxer for " + path.string(), code);
    Output output(raw);
    output->flags |= AVFMT_FLAG_BITEXACT;
    return output;
}

Result<void> start(AVFormatContext* output, const std::filesystem::path& path,
                   AVDictionary** options) {
    if ((output->oformat->flags & AVFMT_NOFILE) == 0) {
        const int code = avio_open(&output->pb, path.c_str(), AVIO_FLAG_WRITE);
        if (code < 0) return fail(ErrorCode::unwritable, path.string() + ": can't be written");
    }
    const int code = avformat_write_header(output, options);
    if (code < 0) return av_fail("header of " + path.string(), code);
    return {};
}

/// Sends a frame (or the end) and writes the packets that come out.
Result<void> encode(AVFormatContext* output, AVCodecContext* codec, const AVFrame* frame) {
    int code = avcodec_send_frame(codec, frame);
    if (code < 0) return av_fail("encode", code);
    const PacketPtr packet(av_packet_alloc());
    while ((code = avcodec_receive_packet(codec, packet.get())) >= 0) {
        av_packet_rescale_ts(packet.get(), codec->time_base, output->streams[0]->time_base);
        packet->stream_index = 0;
        if (packet->duration <= 0) {  // MP4 shows a frame of no duration not at all
            packet->duration =
                av_rescale_q(1, av_inv_q(codec->framerate), output->streams[0]->time_base);
        }
        if ((code = av_interleaved_write_frame(output, packet.get())) < 0) {
            return av_fail("write", code);
        }
    }
    if (code != AVERROR(EAGAIN) && code != AVERROR_EOF) return av_fail("encode", code);
    return {};
}

Result<void> add_display_matrix(AVStream* stream, const ClipOptions& options) {
    if (options.rotation == 0 && !options.mirrored) return {};
    std::int32_t matrix[9];
    av_display_rotation_set(matrix, options.rotation);
    if (options.mirrored) {
        // The mirror comes first: it negates what the source's x axis turns into.
        matrix[0] = -matrix[0];
        matrix[1] = -matrix[1];
    }
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
    AVPacketSideData* side = av_packet_side_data_new(&stream->codecpar->coded_side_data,
                                                     &stream->codecpar->nb_coded_side_data,
                                                     AV_PKT_DATA_DISPLAYMATRIX, sizeof matrix, 0);
    std::uint8_t* bytes = side != nullptr ? side->data : nullptr;
#else
    std::uint8_t* bytes = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, sizeof matrix);
#endif
    if (bytes == nullptr) return fail(ErrorCode::internal, "no room for a display matrix");
    std::memcpy(bytes, matrix, sizeof matrix);
    return {};
}

Result<CodecContext> open_codec(const ClipOptions& options, bool global_header,
                                AVDictionary** dictionary) {
    const AVCodec* encoder = avcodec_find_encoder_by_name(options.codec.c_str());
    if (encoder == nullptr) return fail(ErrorCode::unavailable, "no encoder " + options.codec);
    CodecContext codec(avcodec_alloc_context3(encoder));
    codec->width = options.width;
    codec->height = options.height;
    codec->pix_fmt = av_get_pix_fmt(options.pixel_format.c_str());
    codec->time_base =
        options.times_ms.empty() ? AVRational{1, options.frame_rate} : AVRational{1, 1000};
    codec->framerate = {options.frame_rate, 1};
    codec->color_range = options.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    if (!options.matrix.empty()) {
        codec->colorspace =
            static_cast<AVColorSpace>(av_color_space_from_name(options.matrix.c_str()));
    }
    if (!options.siting.empty()) {
        codec->chroma_sample_location =
            static_cast<AVChromaLocation>(av_chroma_location_from_name(options.siting.c_str()));
    }
    if (options.gop > 0) codec->gop_size = options.gop;
    if (options.times_ms.empty()) codec->max_b_frames = options.codec == "libx264" ? 2 : 0;
    codec->thread_count = 1;
    codec->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;  // mjpeg of limited range
    codec->flags |= AV_CODEC_FLAG_BITEXACT;
    if (global_header) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    const int code = avcodec_open2(codec.get(), encoder, dictionary);
    if (code < 0) return av_fail(options.codec, code);
    return codec;
}

/// Draws pictures and turns them into the encoder's format.
class Painter {
  public:
    explicit Painter(const ClipOptions& options) : options_(options), frame_(av_frame_alloc()) {
        frame_->width = options.width;
        frame_->height = options.height;
        frame_->format = av_get_pix_fmt(options.pixel_format.c_str());
        frame_->color_range = options.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        if (av_frame_get_buffer(frame_.get(), 0) < 0) std::abort();
        scaler_ = sws_getContext(options.width, options.height, AV_PIX_FMT_RGB24, options.width,
                                 options.height, static_cast<AVPixelFormat>(frame_->format),
                                 SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr,
                                 nullptr, nullptr);
        const int* coefficients =
            sws_getCoefficients(options.matrix == "bt709"      ? SWS_CS_ITU709
                                : options.matrix == "bt2020nc" ? SWS_CS_BT2020
                                                               : SWS_CS_ITU601);
        const int one = 1 << 16;
        sws_setColorspaceDetails(scaler_, coefficients, 1, coefficients, options.full_range ? 1 : 0,
                                 0, one, one);
    }
    ~Painter() { sws_freeContext(scaler_); }
    Painter(const Painter&) = delete;
    Painter& operator=(const Painter&) = delete;

    Result<const AVFrame*> paint(int index) {
        if (av_frame_make_writable(frame_.get()) < 0) {
            return fail(ErrorCode::out_of_memory, "frame");
        }
        if (options_.draw_raw) {
            RawPicture raw{options_.width, options_.height, {}, {}};
            for (int i = 0; i < 4; ++i) {
                raw.data[i] = frame_->data[i];
                raw.stride[i] = frame_->linesize[i];
            }
            options_.draw_raw(raw, index);
        } else {
            Canvas canvas(options_.width, options_.height);
            options_.draw(canvas, index);
            scale(canvas);
        }
        frame_->pts =
            options_.times_ms.empty() ? index : options_.times_ms.at(static_cast<size_t>(index));
        return frame_.get();
    }

  private:
    /// swscale takes chroma of odd widths from a pixel beyond the row: there is a copy of the last.
    void scale(const Canvas& canvas) {
        const auto width = static_cast<std::size_t>(canvas.width);
        std::vector<Rgb> padded;
        for (int y = 0; y < canvas.height; ++y) {
            const Rgb* row = &canvas.at(0, y);
            padded.insert(padded.end(), row, row + width);
            padded.push_back(row[width - 1]);
        }
        const std::uint8_t* data[4] = {&padded[0].r};
        const int stride[4] = {static_cast<int>(3 * (width + 1))};
        sws_scale(scaler_, data, stride, 0, options_.height, frame_->data, frame_->linesize);
    }

    const ClipOptions& options_;
    FramePtr frame_;
    SwsContext* scaler_ = nullptr;
};

}  // namespace

void Canvas::fill(int x1, int y1, int x2, int y2, Rgb color) {
    for (int y = std::max(y1, 0); y < std::min(y2, height); ++y) {
        for (int x = std::max(x1, 0); x < std::min(x2, width); ++x) at(x, y) = color;
    }
}

std::uint8_t frame_grey(int index) {
    return static_cast<std::uint8_t>(40 + (index * 12) % 180);
}

void draw_quadrants(Canvas& canvas, int index) {
    const int x = canvas.width / 2, y = canvas.height / 2;
    const std::uint8_t grey = frame_grey(index);
    canvas.fill(0, 0, x, y, {220, 30, 30});
    canvas.fill(x, 0, canvas.width, y, {30, 200, 30});
    canvas.fill(0, y, x, canvas.height, {30, 30, 220});
    canvas.fill(x, y, canvas.width, canvas.height, {grey, grey, grey});
}

bool has_encoder(const std::string& name) {
    return avcodec_find_encoder_by_name(name.c_str()) != nullptr;
}

Result<void> write_clip(const std::filesystem::path& path, const ClipOptions& options) {
    auto output = open_output(path, options.container);
    if (!output) return fail(output.error());
    Dictionary dictionary;
    if (options.codec == "libx265") {
        av_dict_set(&dictionary.entries, "x265-params", "log-level=error", 0);
    }
    for (const auto& [key, value] : options.options) {
        av_dict_set(&dictionary.entries, key.c_str(), value.c_str(), 0);
    }
    const bool global = ((*output)->oformat->flags & AVFMT_GLOBALHEADER) != 0;
    auto codec = open_codec(options, global, &dictionary.entries);
    if (!codec) return fail(codec.error());
    AVStream* stream = avformat_new_stream(output->get(), nullptr);
    avcodec_parameters_from_context(stream->codecpar, codec->get());
    stream->time_base = (*codec)->time_base;
    if (options.times_ms.empty()) stream->avg_frame_rate = (*codec)->framerate;
    if (auto done = add_display_matrix(stream, options); !done) return done;
    if (auto done = start(output->get(), path, &dictionary.entries); !done) return done;
    Painter painter(options);
    for (int i = 0; i < options.frames; ++i) {
        const auto frame = painter.paint(i);
        if (!frame) return fail(frame.error());
        if (auto done = encode(output->get(), codec->get(), *frame); !done) return done;
    }
    if (auto done = encode(output->get(), codec->get(), nullptr); !done) return done;
    const int code = av_write_trailer(output->get());
    if (code < 0) return av_fail("trailer of " + path.string(), code);
    return {};
}

Result<void> write_image(const std::filesystem::path& path, const Canvas& canvas) {
    const auto extension = path.extension().string();
    const bool jpeg = extension == ".jpg" || extension == ".jpeg";
    ClipOptions options;
    options.container = "image2";
    options.codec = jpeg ? "mjpeg" : extension.substr(std::min<std::size_t>(1, extension.size()));
    options.pixel_format = jpeg ? "yuvj420p" : extension == ".bmp" ? "bgr24" : "rgb24";
    options.full_range = jpeg;
    options.options = {{"update", "1"}};
    if (jpeg) options.options.insert(options.options.end(), {{"qmin", "1"}, {"qmax", "2"}});
    options.width = canvas.width;
    options.height = canvas.height;
    options.frames = 1;
    options.draw = [&](Canvas& target, int) { target.pixels = canvas.pixels; };
    return write_clip(path, options);
}

Result<void> write_sound(const std::filesystem::path& path, double seconds) {
    auto output = open_output(path, "wav");
    if (!output) return fail(output.error());
    AVStream* stream = avformat_new_stream(output->get(), nullptr);
    stream->codecpar->codec_type = AVMEDIA_TYPE_AUDIO;
    stream->codecpar->codec_id = AV_CODEC_ID_PCM_U8;
    stream->codecpar->format = AV_SAMPLE_FMT_U8;
    stream->codecpar->sample_rate = 8000;
    stream->codecpar->bits_per_coded_sample = 8;
    stream->codecpar->block_align = 1;
    av_channel_layout_default(&stream->codecpar->ch_layout, 1);
    stream->time_base = {1, 8000};
    if (auto done = start(output->get(), path, nullptr); !done) return done;
    const PacketPtr packet(av_packet_alloc());
    const auto samples = static_cast<int>(seconds * 8000);
    if (av_new_packet(packet.get(), samples) < 0) return fail(ErrorCode::out_of_memory, "sound");
    for (int i = 0; i < samples; ++i) {
        packet->data[i] = static_cast<std::uint8_t>(128 + 100 * std::sin(i * 0.3));
    }
    packet->pts = packet->dts = 0;
    packet->duration = samples;
    int code = av_write_frame(output->get(), packet.get());
    if (code >= 0) code = av_write_trailer(output->get());
    if (code < 0) return av_fail("sound " + path.string(), code);
    return {};
}

}  // namespace saccade::test
