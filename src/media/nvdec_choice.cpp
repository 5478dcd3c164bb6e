extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/pixdesc.h>
}

#include <fmt/format.h>

#include "media/nvdec.h"

namespace saccade::media {
namespace {

bool has_cuda_hwaccel(const AVCodec& codec) {
    for (int i = 0;; ++i) {
        const AVCodecHWConfig* config = avcodec_get_hw_config(&codec, i);
        if (config == nullptr) return false;
        if (config->device_type == AV_HWDEVICE_TYPE_CUDA &&
            (config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0) {
            return true;
        }
    }
}

bool decodable(AVPixelFormat format) {
    switch (format) {
        case AV_PIX_FMT_NONE:  // not known before the first picture
        case AV_PIX_FMT_YUV420P:
        case AV_PIX_FMT_YUVJ420P:
        case AV_PIX_FMT_YUV420P10LE: return true;
        default: return false;
    }
}

}  // namespace

std::string nvdec_obstacle(const AVCodec& codec, const AVCodecParameters& parameters,
                           Orientation orientation) {
    if (!has_cuda_hwaccel(codec)) {
        return fmt::format("no NVDEC for {} in this FFmpeg", avcodec_get_name(codec.id));
    }
    if (!orientation.upright()) return "its pictures are turned";
    const auto format = static_cast<AVPixelFormat>(parameters.format);
    if (!decodable(format)) {
        const char* name = av_get_pix_fmt_name(format);
        return fmt::format("its pixels are {}", name != nullptr ? name : "unknown");
    }
    return "";
}

Result<PixelFormat> device_format(const AVFrame& frame) {
    const auto* context =
        frame.hw_frames_ctx != nullptr
            ? reinterpret_cast<const AVHWFramesContext*>(frame.hw_frames_ctx->data)
            : nullptr;
    if (context != nullptr && context->sw_format == AV_PIX_FMT_NV12) return PixelFormat::nv12;
    if (context != nullptr && context->sw_format == AV_PIX_FMT_P010LE) return PixelFormat::p010;
    const char* name = context != nullptr ? av_get_pix_fmt_name(context->sw_format) : nullptr;
    return fail(ErrorCode::unsupported,
                fmt::format("pictures on the GPU in pixel format {} can't be read",
                            name != nullptr ? name : "(unknown)"));
}

}  // namespace saccade::media
