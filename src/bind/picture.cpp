// Pictures for a program: converted by libswscale, which media converts by too.
extern "C" {
#include <libswscale/swscale.h>
}

#include <memory>

#include "bind/parts.h"
#ifdef SACCADE_HAS_CUDA
#include "cuda/runtime.h"
#endif
#include "media/pixel_format.h"

namespace saccade::bind {
namespace {

struct Free {
    void operator()(SwsContext* context) const noexcept { sws_freeContext(context); }
};

}  // namespace

Result<void> to_rgb(const Frame& frame, bool bgr, std::uint8_t* out) {
    if (frame.memory != MemoryKind::host) {
        return fail(ErrorCode::unsupported,
                    "the picture is on cuda:" + std::to_string(frame.device) +
                        ", and is converted on the host only",
                    "take its planes by DLPack, or track with device=\"cpu\"");
    }
    const AVPixelFormat to = bgr ? AV_PIX_FMT_BGR24 : AV_PIX_FMT_RGB24;
    // (Full chroma: without it swscale leaves out every second chroma sample of wider formats.)
    const std::unique_ptr<SwsContext, Free> context(sws_getContext(
        frame.width, frame.height, media::to_libav(frame.format), frame.width, frame.height, to,
        SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_ACCURATE_RND, nullptr, nullptr,
        nullptr));
    if (!context) return fail(ErrorCode::out_of_memory, "no memory to convert a picture");
    const int* matrix = sws_getCoefficients(media::swscale_matrix(frame.color.matrix));
    const bool full = frame.color.range == ColorRange::full || frame.format == PixelFormat::gray8 ||
                      frame.format == PixelFormat::rgb24;
    constexpr int one = 1 << 16;
    sws_setColorspaceDetails(context.get(), matrix, full ? 1 : 0, matrix, 1, 0, one, one);
    const std::uint8_t* planes[4] = {};
    int strides[4] = {};
    for (std::size_t i = 0; i < frame.planes.size(); ++i) {
        planes[i] = frame.planes[i].data;
        strides[i] = static_cast<int>(frame.planes[i].stride);
    }
    std::uint8_t* to_planes[4] = {out};
    const int to_strides[4] = {3 * frame.width};
    sws_scale(context.get(), planes, strides, 0, frame.height, to_planes, to_strides);
    return {};
}

Result<void> synchronize([[maybe_unused]] int cuda_device) {
#ifdef SACCADE_HAS_CUDA
    try {
        const cuda::DeviceScope scope(cuda_device);
        cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
        return {};
    } catch (const cuda::CudaFailure& failure) {
        return fail(ErrorCode::internal, failure.what());
    }
#else
    return fail(ErrorCode::unavailable, "this build has no GPU path",
                "give pictures in host memory");
#endif
}

}  // namespace saccade::bind
