#include "media/encoder_device.h"

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_cuda.h>
}

#include <fmt/format.h>

#include <memory>
#include <string>

#include "cuda/runtime.h"
#include "media/encoder_choice.h"

namespace saccade::media {
namespace {

/// A frames context allots no pictures here: it only tells the encoder what ours are.
Result<void> describe(AVCodecContext& context, int device) {
    const cuda::DeviceScope scope(device);
    const AvBuffer hardware(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA));
    int code = AVERROR(ENOSYS);
    if (hardware) {
        auto* const made = reinterpret_cast<AVHWDeviceContext*>(hardware->data);
        // The runtime's own context, so that our pointers are good in it.
        static_cast<AVCUDADeviceContext*>(made->hwctx)->cuda_ctx =
            static_cast<CUcontext>(cuda::current_context());
        code = av_hwdevice_ctx_init(hardware.get());
    }
    if (code < 0) {
        return fail(ErrorCode::unavailable,
                    fmt::format("FFmpeg can't encode on cuda:{}: {}", device, libav_message(code)));
    }
    const AvBuffer frames(av_hwframe_ctx_alloc(hardware.get()));
    if (!frames) return fail(ErrorCode::out_of_memory, "no memory for an encoder");
    auto* const pictures = reinterpret_cast<AVHWFramesContext*>(frames->data);
    pictures->format = AV_PIX_FMT_CUDA;
    pictures->sw_format = AV_PIX_FMT_NV12;
    pictures->width = context.width;
    pictures->height = context.height;
    code = av_hwframe_ctx_init(frames.get());
    if (code < 0) {
        return fail(ErrorCode::unavailable,
                    fmt::format("FFmpeg can't encode on cuda:{}: {}", device, libav_message(code)));
    }
    context.pix_fmt = AV_PIX_FMT_CUDA;
    context.sw_pix_fmt = AV_PIX_FMT_NV12;
    context.hw_frames_ctx = av_buffer_ref(frames.get());
    return {};
}

}  // namespace

Result<void> on_device(AVCodecContext& context, const AVCodec& codec, int device) {
    if (!takes_device_pictures(codec)) {
        return fail(ErrorCode::unavailable,
                    std::string(codec.name) + ": takes no pictures in a GPU's memory");
    }
    auto described = cuda::guarded([&] { return describe(context, device); });
    return described ? *described : fail(described.error());
}

}  // namespace saccade::media
