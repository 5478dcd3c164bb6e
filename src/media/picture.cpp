#include "media/picture.h"

extern "C" {
#include <libavutil/display.h>
#include <libavutil/hwcontext.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <fmt/format.h>

#include <utility>

#include "media/color_tags.h"
#include "media/pixel_format.h"

namespace saccade::media {
namespace {

constexpr int alignment = 64;  // bytes, of rows: what SIMD readers like

tl::unexpected<Error> no_memory() {
    return fail(ErrorCode::out_of_memory, "no memory for a decoded picture");
}

Orientation wanted_orientation(const AVFrame& frame, Orientation stream_orientation) {
    const AVFrameSideData* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
    if (side == nullptr || side->size < 9 * sizeof(std::int32_t)) return stream_orientation;
    return orientation_of(reinterpret_cast<const std::int32_t*>(side->data));
}

/// Bottom-up pictures have negative strides, which readers of a Frame need not know.
bool bottom_up(const AVFrame& frame, int planes) {
    for (int i = 0; i < planes; ++i) {
        if (frame.linesize[i] < 0) return true;
    }
    return false;
}

/// The format that a picture goes out in.
std::optional<PixelFormat> output_format(const AVFrame& frame, AVCodecID codec,
                                         Orientation orientation) {
    const auto pixels = static_cast<AVPixelFormat>(frame.format);
    auto format = nearest_format(pixels);
    if (!format) return format;
    if (is_limited_gray(frame,
                        codec)) {  // gray8 means full range: keep the range, add neutral chroma
        const bool deep = av_pix_fmt_desc_get(pixels)->comp[0].depth > 8;
        return deep ? PixelFormat::i420p10 : PixelFormat::i420;
    }
    if (orientation.transpose) {  // 4:2:2 on its side would be 4:4:0, which no stage knows
        if (*format == PixelFormat::i422) return PixelFormat::i444;
        if (*format == PixelFormat::i422p10) return PixelFormat::i444p10;
    }
    return format;
}

/// A picture that must be turned goes to the host for it.
Result<void> download(AVFrame& picture) {
    AvFrame host(av_frame_alloc());
    if (!host) return no_memory();
    if (const int code = av_hwframe_transfer_data(host.get(), &picture, 0); code < 0) {
        return fail(ErrorCode::internal,
                    "a picture can't be copied from the GPU: " + libav_message(code));
    }
    if (av_frame_copy_props(host.get(), &picture) < 0) return no_memory();
    av_frame_unref(&picture);
    av_frame_move_ref(&picture, host.get());
    return {};
}

}  // namespace

PictureMaker::~PictureMaker() {
    sws_freeContext(scaler_);
    for (Pool& p : pools_) av_buffer_pool_uninit(&p.pool);
}

Result<Frame> PictureMaker::make(AVFrame& decoded, AVCodecID codec) {
    const Orientation orientation = wanted_orientation(decoded, stream_orientation_);
    turned_ = orientation.transpose;
    if (on_device(decoded)) {
        if (orientation.upright()) return device_picture(decoded, codec);
        if (auto ok = download(decoded); !ok) return fail(ok.error());
    }
    const auto format = output_format(decoded, codec, orientation);
    if (!format) {
        const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(decoded.format));
        return fail(ErrorCode::unsupported, fmt::format("pictures in pixel format {} can't be read",
                                                        name != nullptr ? name : "(unknown)"));
    }
    AvFrame picture(av_frame_alloc());
    if (!picture) return no_memory();
    av_frame_move_ref(picture.get(), &decoded);

    const int display_height = orientation.transpose ? picture->width : picture->height;
    Frame frame;
    frame.format = *format;
    frame.color = color_of(*picture, *format, codec, display_height);
    if (direct_format(static_cast<AVPixelFormat>(picture->format)) != format) {
        auto done = converted(*picture, *format);
        if (!done) return fail(done.error());
        picture = std::move(*done);
    }
    const int planes = layout_of(*format).planes;
    if (!orientation.upright() || bottom_up(*picture, planes)) {
        auto done = oriented(*picture, *format, orientation);
        if (!done) return fail(done.error());
        picture = std::move(*done);
        // Mirrored or turned, left-sited chroma is no longer on the left: the centre is nearest.
        if (orientation.transpose || orientation.flip_x) frame.color.siting = ChromaSiting::center;
    }
    frame.width = picture->width;
    frame.height = picture->height;
    for (std::size_t i = 0; i < static_cast<std::size_t>(planes); ++i) {
        frame.planes[i] = {picture->data[i], picture->linesize[i]};
    }
    frame.owner = std::shared_ptr<const AVFrame>(std::move(picture));
    return frame;
}

Result<Frame> PictureMaker::device_picture(AVFrame& decoded, AVCodecID codec) const {
    const auto format = device_format(decoded);
    if (!format) return fail(format.error());
    Frame frame;
    frame.format = *format;
    frame.color = color_of(decoded, *format, codec, decoded.height);
    frame.width = decoded.width;
    frame.height = decoded.height;
    const auto taken = nvdec_->take(decoded, frame);
    av_frame_unref(&decoded);
    if (!taken) return fail(taken.error());
    return frame;
}

Result<AvFrame> PictureMaker::converted(const AVFrame& picture, PixelFormat target) {
    auto result = pooled(target, picture.width, picture.height);
    if (!result) return result;
    scaler_ = sws_getCachedContext(
        scaler_, picture.width, picture.height, static_cast<AVPixelFormat>(picture.format),
        picture.width, picture.height, to_libav(target),
        SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr);
    if (scaler_ == nullptr) {
        return fail(ErrorCode::unsupported, "swscale can't convert these pictures");
    }
    // Same matrix and range on both sides: only the layout changes here, colours never.
    const int* coefficients = sws_getCoefficients(SWS_CS_DEFAULT);
    const bool rgb = target == PixelFormat::rgb24;
    constexpr int one = 1 << 16;
    sws_setColorspaceDetails(scaler_, coefficients, rgb ? 1 : 0, coefficients, rgb ? 1 : 0, 0, one,
                             one);
    if (sws_scale(scaler_, picture.data, picture.linesize, 0, picture.height, (*result)->data,
                  (*result)->linesize) != picture.height) {
        return fail(ErrorCode::unsupported, "swscale can't convert these pictures");
    }
    return result;
}

Result<AvFrame> PictureMaker::oriented(const AVFrame& picture, PixelFormat format,
                                       Orientation orientation) {
    const bool turned = orientation.transpose;
    auto result = pooled(format, turned ? picture.height : picture.width,
                         turned ? picture.width : picture.height);
    if (!result) return result;
    for (int i = 0; i < layout_of(format).planes; ++i) {
        orient_plane(picture.data[i], picture.linesize[i],
                     plane_size(format, picture.width, picture.height, i), orientation,
                     (*result)->data[i], (*result)->linesize[i]);
    }
    return result;
}

Result<AvFrame> PictureMaker::pooled(PixelFormat format, int width, int height) {
    AvFrame frame(av_frame_alloc());
    if (!frame) return no_memory();
    frame->format = to_libav(format);
    frame->width = width;
    frame->height = height;
    const auto pixels = static_cast<AVPixelFormat>(frame->format);
    // Room behind the last row, as SIMD readers and swscale's writers may run over its end.
    const int bytes = av_image_get_buffer_size(pixels, width, height, alignment);
    if (bytes < 0) return no_memory();
    const std::size_t size = static_cast<std::size_t>(bytes) + 2 * alignment;
    Pool* pool = &pools_[0];
    if (pool->bytes != size) std::swap(pools_[0], pools_[1]);
    if (pool->bytes != size) {
        av_buffer_pool_uninit(&pool->pool);
        pool->pool = av_buffer_pool_init(size, nullptr);
        pool->bytes = size;
    }
    frame->buf[0] = pool->pool != nullptr ? av_buffer_pool_get(pool->pool) : nullptr;
    if (frame->buf[0] == nullptr) return no_memory();
    if (av_image_fill_arrays(frame->data, frame->linesize, frame->buf[0]->data, pixels, width,
                             height, alignment) < 0) {
        return no_memory();
    }
    return frame;
}

}  // namespace saccade::media
