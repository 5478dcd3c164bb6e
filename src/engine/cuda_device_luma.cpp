#include <optional>
#include <utility>

#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "engine/device_luma.h"
#include "vision/cuda_small_luma.h"

namespace saccade::engine {
namespace {

/// What copies on their way need for as long as there is one.
struct Place {
    explicit Place(int on) : device(on) {}
    const int device;
    cuda::Stream stream;
    cuda::DeviceResource memory;
    cuda::PinnedResource pinned;
    cuda::SlabResource blocks{pinned};
};

class CudaLumaOnItsWay final : public LumaOnItsWay {
  public:
    /// Throws CudaFailure.
    CudaLumaOnItsWay(std::shared_ptr<Place> place, cuda::Buffer block,
                     std::shared_ptr<const void> pixels)
        : place_(std::move(place)), block_(std::move(block)), pixels_(std::move(pixels)) {
        there_.record(place_->stream.get());
    }
    ~CudaLumaOnItsWay() override { static_cast<void>(wait()); }

    Result<const std::uint8_t*> wait() override {
        if (pixels_ != nullptr) {
            auto waited = cuda::guarded([&] {
                const cuda::DeviceScope scope(place_->device);
                there_.synchronize();
            });
            pixels_.reset();
            if (!waited) failure_ = waited.error();
        }
        if (failure_) return fail(*failure_);
        return block_.as<const std::uint8_t>();
    }

  private:
    std::shared_ptr<Place> place_;
    cuda::Buffer block_;
    cuda::Event there_;
    std::shared_ptr<const void> pixels_;  ///< until it is there
    std::optional<Error> failure_;
};

class CudaDeviceLuma final : public DeviceLuma {
  public:
    /// Throws CudaFailure.
    explicit CudaDeviceLuma(int device) : place_(std::make_shared<Place>(device)) {}

    Result<std::unique_ptr<LumaOnItsWay>> take(const Frame& frame, int factor) override {
        auto taken = cuda::guarded([&]() -> Result<std::unique_ptr<LumaOnItsWay>> {
            const cuda::DeviceScope scope(place_->device);
            const vision::SmallLumaJob job = vision::make_small_luma_job(frame, factor);
            const std::size_t bytes =
                static_cast<std::size_t>(job.width) * static_cast<std::size_t>(job.height);
            const cudaStream_t stream = place_->stream.get();
            auto block = cuda::Buffer::make(place_->blocks, bytes);
            if (!block) return fail(block.error());
            auto small = cuda::Buffer::make(place_->memory, bytes, stream);
            if (!small) return fail(small.error());
            // Whatever comes next, the block stays until the device is done with it.
            auto keeper = frame.owner != nullptr ? frame.owner : std::make_shared<const int>(0);
            cuda::check(vision::launch_small_luma(job, small->as<std::uint8_t>(), stream),
                        "kernel of the small luma");
            cuda::check(cudaMemcpyAsync(block->data(), small->data(), bytes, cudaMemcpyDeviceToHost,
                                        stream),
                        "cudaMemcpyAsync");
            return std::make_unique<CudaLumaOnItsWay>(place_, std::move(*block), std::move(keeper));
        });
        if (!taken) return fail(taken.error());
        return std::move(*taken);
    }
    [[nodiscard]] int device() const noexcept override { return place_->device; }

  private:
    std::shared_ptr<Place> place_;
};

}  // namespace

Result<std::shared_ptr<DeviceLuma>> DeviceLuma::open(int device) {
    return cuda::guarded([&]() -> std::shared_ptr<DeviceLuma> {
        const cuda::DeviceScope scope(device);
        return std::make_shared<CudaDeviceLuma>(device);
    });
}

}  // namespace saccade::engine
