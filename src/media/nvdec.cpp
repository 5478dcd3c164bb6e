#include "media/nvdec.h"

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_cuda.h>
}

#include <fmt/format.h>

#include "cuda/driver.h"
#include "cuda/runtime.h"

namespace saccade::media {
namespace {

struct Unref {
    void operator()(AVBufferRef* buffer) const noexcept { av_buffer_unref(&buffer); }
};

bool decodable(AVPixelFormat format) {
    return format == AV_PIX_FMT_YUV420P || format == AV_PIX_FMT_YUVJ420P ||
           format == AV_PIX_FMT_YUV420P10LE;
}

/// Called once the stream's headers are known, and again without CUDA where the GPU turned it down.
AVPixelFormat choose(AVCodecContext* context, const AVPixelFormat* offered) {
    if (decodable(context->sw_pix_fmt)) {
        for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format) {
            if (*format == AV_PIX_FMT_CUDA) return *format;
        }
    }
    for (const AVPixelFormat* format = offered; *format != AV_PIX_FMT_NONE; ++format) {
        if (*format == context->sw_pix_fmt) return *format;
    }
    return AV_PIX_FMT_NONE;
}

class CudaNvdec final : public Nvdec {
  public:
    explicit CudaNvdec(int device) : device_(device) {}

    /// Throws CudaFailure.
    Result<void> open() {
        const cuda::DeviceScope scope(device_);
        stream_ = std::make_unique<cuda::Stream>();
        AVBufferRef* reference = nullptr;
        // The primary context is the runtime's: pointers are then good in all of this process.
        const int code = av_hwdevice_ctx_create(&reference, AV_HWDEVICE_TYPE_CUDA,
                                                std::to_string(device_).c_str(), nullptr,
                                                AV_CUDA_USE_PRIMARY_CONTEXT);
        if (code < 0) {
            return fail(ErrorCode::unavailable,
                        fmt::format("FFmpeg can't decode on cuda:{}: {}", device_, libav_message(code)),
                        "see saccade doctor");
        }
        reference_.reset(reference);
        auto* const context = reinterpret_cast<AVHWDeviceContext*>(reference->data);
        // Copies of this stream's pictures then wait for no other stream's.
        static_cast<AVCUDADeviceContext*>(context->hwctx)->stream = stream_->get();
        return {};
    }

    void attach(AVCodecContext& context) const override {
        context.hw_device_ctx = av_buffer_ref(reference_.get());
        context.get_format = choose;
        context.thread_count = 1;  // the GPU decodes: more threads only hold more surfaces
    }

    Result<void> finish() override {
        return cuda::guarded([&] { stream_->synchronize(); });
    }

    [[nodiscard]] int device() const noexcept override { return device_; }

  private:
    const int device_;
    std::unique_ptr<cuda::Stream> stream_;
    std::unique_ptr<AVBufferRef, Unref> reference_;
};

}  // namespace

Result<std::unique_ptr<Nvdec>> Nvdec::open(int device) {
    // Asked first: without a driver, its absence is the clearest thing to say.
    if (auto driver = cuda::probe_driver(); !driver) return fail(driver.error());
    auto nvdec = std::make_unique<CudaNvdec>(device);
    auto opened = cuda::guarded([&] { return nvdec->open(); });
    if (!opened) return fail(opened.error());
    if (!*opened) return fail(opened->error());
    return nvdec;
}

}  // namespace saccade::media
