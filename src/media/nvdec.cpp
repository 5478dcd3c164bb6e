#include "media/nvdec.h"

extern "C" {
#include <libavutil/hwcontext.h>
#include <libavutil/hwcontext_cuda.h>
}

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <stop_token>
#include <utility>

#include "core/log.h"
#include "core/patience.h"
#include "cuda/decoder_engines.h"
#include "cuda/driver.h"
#include "cuda/nv12_layout.h"
#include "cuda/runtime.h"
#include "media/capabilities.h"

namespace saccade::media {
namespace {

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

/// What pictures on the device need for as long as there is one.
struct Place {
    cuda::Stream stream;
    cuda::DeviceResource memory;
};

/// A picture's memory. `place` is destroyed last.
struct Copy {
    std::shared_ptr<Place> place;
    cuda::Buffer pixels;
};

class CudaNvdec final : public Nvdec {
  public:
    CudaNvdec(int device, std::stop_token stop) : device_(device), stop_(std::move(stop)) {}

    /// Throws CudaFailure.
    Result<void> open() {
        const cuda::DeviceScope scope(device_);
        place_ = std::make_shared<Place>();
        reference_.reset(av_hwdevice_ctx_alloc(AV_HWDEVICE_TYPE_CUDA));
        int code = AVERROR(ENOSYS);
        if (reference_) {
            auto* const context = reinterpret_cast<AVHWDeviceContext*>(reference_->data);
            auto* const device = static_cast<AVCUDADeviceContext*>(context->hwctx);
            // The runtime's own context, so that pointers are good in all of this process.
            // (FFmpeg's own way to it refuses one that is active with other flags.)
            device->cuda_ctx = static_cast<CUcontext>(cuda::current_context());
            // Copies of this stream's pictures then wait for no other stream's.
            device->stream = place_->stream.get();
            code = av_hwdevice_ctx_init(reference_.get());
        }
        if (code < 0) {
            return fail(
                ErrorCode::unavailable,
                fmt::format("FFmpeg can't decode on cuda:{}: {}", device_, libav_message(code)),
                "`saccade doctor` says what is missing");
        }
        return {};
    }

    void attach(AVCodecContext& context) const override {
        context.hw_device_ctx = av_buffer_ref(reference_.get());
        context.get_format = choose;
#ifdef AV_HWACCEL_FLAG_UNSAFE_OUTPUT
        context.hwaccel_flags |= AV_HWACCEL_FLAG_UNSAFE_OUTPUT;  // take() copies: FFmpeg need not
#endif
        context.thread_count = 1;  // the GPU decodes: more threads only hold more surfaces
    }

    Result<void> take(const AVFrame& picture, Frame& frame) override {
        // Frames further on give theirs back: a stream is not lost for a moment's lack.
        return while_no_memory(
            [&]() -> Result<void> {
                auto taken = cuda::guarded([&] {
                    const cuda::DeviceScope scope(device_);
                    return copy(picture, frame);
                });
                return taken ? *taken : fail(taken.error());
            },
            {}, stop_,
            [&] { log::warning("no memory for a picture on cuda:{}: waiting", device_); });
    }

    [[nodiscard]] int device() const noexcept override { return device_; }

  private:
    Result<void> copy(const AVFrame& picture, Frame& frame) {
        const auto sample = static_cast<std::size_t>(layout_of(frame.format).bytes_per_sample);
        const cuda::Nv12Layout shape(frame.width, frame.height, sample);
        auto pixels = cuda::Buffer::make(place_->memory, shape.bytes(), place_->stream.get());
        if (!pixels) return fail(pixels.error());
        auto* const luma = pixels->as<std::uint8_t>();
        const auto plane = [&](std::uint8_t* to, int index, std::size_t row_bytes,
                               std::size_t count) {
            cuda::check(
                cudaMemcpy2DAsync(to, shape.pitch, picture.data[index],
                                  static_cast<std::size_t>(picture.linesize[index]), row_bytes,
                                  count, cudaMemcpyDeviceToDevice, place_->stream.get()),
                "cudaMemcpy2DAsync");
        };
        plane(luma, 0, static_cast<std::size_t>(frame.width) * sample, shape.luma_rows);
        plane(luma + shape.chroma_at(), 1, shape.row, shape.chroma_rows);
        place_->stream.synchronize();
        frame.memory = MemoryKind::cuda;
        frame.device = device_;
        frame.planes = shape.planes(luma);
        frame.owner = std::make_shared<Copy>(place_, std::move(*pixels));
        return {};
    }

    const int device_;
    const std::stop_token stop_;
    std::shared_ptr<Place> place_;
    AvBuffer reference_;
};

}  // namespace

std::optional<int> nvdec_engines(int device) {
    static std::mutex mutex;
    static std::map<int, std::optional<int>> known;  // each stream asks
    const std::lock_guard lock(mutex);
    if (const auto found = known.find(device); found != known.end()) return found->second;
    const auto told = cuda::guarded([&] {
        const cuda::DeviceScope scope(device);
        static_cast<void>(cuda::current_context());
        return cuda::decoder_engines();
    });
    return known[device] = told ? *told : std::nullopt;
}

Result<std::unique_ptr<Nvdec>> Nvdec::open(int device, std::stop_token stop) {
    // Asked first: without a driver, its absence is the clearest thing to say.
    if (auto driver = cuda::probe_driver(); !driver) return fail(driver.error());
    auto nvdec = std::make_unique<CudaNvdec>(device, std::move(stop));
    auto opened = cuda::guarded([&] { return nvdec->open(); });
    if (!opened) return fail(opened.error());
    if (!*opened) return fail(opened->error());
    return nvdec;
}

}  // namespace saccade::media
