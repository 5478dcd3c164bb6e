#include "media/jpeg.h"

extern "C" {
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <memory>

#include "media/libav.h"
#include "media/pixel_format.h"

namespace saccade::media {
namespace {

struct FreeScaler {
    void operator()(SwsContext* scaler) const noexcept { sws_freeContext(scaler); }
};
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;

tl::unexpected<Error> no_memory() {
    return fail(ErrorCode::out_of_memory, "no memory for a JPEG");
}

/// The picture as JFIF has it, at `size`.
Result<AvFrame> as_jfif(const Frame& frame, Size size) {
    AvFrame to(av_frame_alloc());
    if (!to) return no_memory();
    to->format = AV_PIX_FMT_YUVJ420P;
    to->width = size.width;
    to->height = size.height;
    if (av_frame_get_buffer(to.get(), 0) < 0) return no_memory();
    const Scaler scaler(sws_getContext(
        frame.width, frame.height, to_libav(frame.format), size.width, size.height,
        AV_PIX_FMT_YUVJ420P, SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP,
        nullptr, nullptr, nullptr));
    if (!scaler) return fail(ErrorCode::unsupported, "swscale can't convert this picture");
    const bool full = frame.color.range == ColorRange::full || frame.format == PixelFormat::gray8 ||
                      frame.format == PixelFormat::rgb24;
    constexpr int one = 1 << 16;
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(swscale_matrix(frame.color.matrix)),
                             full ? 1 : 0, sws_getCoefficients(SWS_CS_ITU601), 1, 0, one, one);
    const std::uint8_t* planes[4] = {};
    int strides[4] = {};
    for (std::size_t i = 0; i < frame.planes.size(); ++i) {
        planes[i] = frame.planes[i].data;
        strides[i] = static_cast<int>(frame.planes[i].stride);
    }
    if (sws_scale(scaler.get(), planes, strides, 0, frame.height, to->data, to->linesize) !=
        size.height) {
        return fail(ErrorCode::unsupported, "swscale can't convert this picture");
    }
    return to;
}

}  // namespace

Size jpeg_size(Size picture, const JpegOptions& options) noexcept {
    const int longest = std::max(picture.width, picture.height);
    if (options.longest_side <= 0 || longest <= options.longest_side) return picture;
    const double by = static_cast<double>(options.longest_side) / longest;
    const auto scaled = [by](int px) {
        return std::max(1, static_cast<int>(std::lround(px * by)));
    };
    return {scaled(picture.width), scaled(picture.height)};
}

Result<std::string> encode_jpeg(const Frame& frame, const JpegOptions& options) {
    if (frame.memory != MemoryKind::host || frame.planes[0].data == nullptr) {
        return fail(ErrorCode::unsupported, "only a picture in host memory can become a JPEG");
    }
    init_libav();
    const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    if (codec == nullptr) {
        return fail(ErrorCode::unavailable, "libavcodec has no encoder for JPEG");
    }
    auto picture = as_jfif(frame, jpeg_size({frame.width, frame.height}, options));
    if (!picture) return fail(picture.error());
    const AvCodecContext encoder(avcodec_alloc_context3(codec));
    const AvPacket packet(av_packet_alloc());
    if (!encoder || !packet) return no_memory();
    const int quantizer = std::clamp(options.quantizer, 2, 31);
    encoder->width = (*picture)->width;
    encoder->height = (*picture)->height;
    encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
    encoder->color_range = AVCOL_RANGE_JPEG;
    encoder->time_base = {1, 1};
    encoder->thread_count = 1;
    encoder->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
    encoder->global_quality = quantizer * FF_QP2LAMBDA;
    (*picture)->quality = encoder->global_quality;
    (*picture)->pts = 0;
    int code = avcodec_open2(encoder.get(), codec, nullptr);
    if (code >= 0) code = avcodec_send_frame(encoder.get(), picture->get());
    if (code >= 0) code = avcodec_receive_packet(encoder.get(), packet.get());
    if (code < 0) {
        return fail(code == AVERROR(ENOMEM) ? ErrorCode::out_of_memory : ErrorCode::internal,
                    "a picture can't be written as JPEG: " + libav_message(code));
    }
    return std::string(reinterpret_cast<const char*>(packet->data),
                       static_cast<std::size_t>(packet->size));
}

}  // namespace saccade::media
