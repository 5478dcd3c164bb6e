#include <fmt/format.h>

#include <cstring>
#include <deque>
#include <utility>

#include "core/log.h"
#include "core/patience.h"
#include "cuda/driver.h"
#include "cuda/nv12_layout.h"
#include "cuda/runtime.h"
#include "sink/cuda_paint.h"
#include "sink/device_painter.h"

namespace saccade::sink {
namespace {

/// What pictures need for as long as there is one.
struct Place {
    cuda::Stream stream;
    cuda::DeviceResource memory;
    cuda::PinnedResource pinned;
    cuda::PoolResource pool{pinned};  ///< page-locked memory is slow to get
};

/// A picture's memory. `place` is destroyed last.
struct Pixels {
    std::shared_ptr<Place> place;
    cuda::Buffer memory;
};

/// An NV12 picture in `memory`, like `like` but for the pixels.
Frame nv12_in(const std::shared_ptr<Place>& place, cuda::Buffer memory, const Frame& like,
              int device) {
    Frame frame = like;
    const cuda::Nv12Layout shape(like.width, like.height);
    frame.format = PixelFormat::nv12;
    frame.memory = device >= 0 ? MemoryKind::cuda : MemoryKind::host;
    frame.device = device;
    frame.planes = shape.planes(memory.as<const std::uint8_t>());
    frame.owner = std::make_shared<Pixels>(place, std::move(memory));
    return frame;
}

class CudaPainter final : public DevicePainter {
  public:
    /// Throws CudaFailure.
    explicit CudaPainter(int device) : device_(device) {
        const cuda::DeviceScope scope(device);
        place_ = std::make_shared<Place>();
    }
    ~CudaPainter() override {
        // What is under way reads memory that goes with this.
        static_cast<void>(cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            place_->stream.synchronize();
        }));
    }

    Result<void> start(const Frame& frame, const PaintList& list, To to) override {
        const bool known = frame.format == PixelFormat::nv12 || frame.format == PixelFormat::p010;
        if (frame.memory != MemoryKind::cuda || frame.device != device_ || !known) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("frame {} is not in the memory of cuda:{}", frame.id.index, device_));
        }
        return patiently([&] { return launch(frame, list, to); });
    }

    Result<Frame> finish() override {
        Under oldest = std::move(under_way_.front());
        under_way_.pop_front();
        auto done = cuda::guarded([&] { oldest.done.synchronize(); });
        if (!done) return fail(done.error());
        return std::move(oldest.painted);
    }

    [[nodiscard]] std::size_t under_way() const noexcept override { return under_way_.size(); }

    Result<Frame> upload(const Frame& picture) override {
        Frame uploaded;
        auto done = patiently([&]() -> Result<void> {
            auto staging = cuda::Buffer::make(
                place_->pool, cuda::Nv12Layout(picture.width, picture.height).bytes());
            if (!staging) return fail(staging.error());
            interleave(picture, staging->as<std::uint8_t>());
            auto pixels = device_memory(staging->bytes());
            if (!pixels) return fail(pixels.error());
            copy(pixels->data(), staging->data(), staging->bytes());
            place_->stream.synchronize();
            uploaded = nv12_in(place_, std::move(*pixels), picture, device_);
            return {};
        });
        if (!done) return fail(done.error());
        return uploaded;
    }

  private:
    struct Under {
        Frame source;  ///< kept until it was read
        cuda::Buffer staging, list;
        cuda::Buffer drawn;  ///< on the device, where `painted` is on the host
        Frame painted;
        cuda::Event done;
    };

    /// A stream is not lost for a moment's lack of memory: frames further on give theirs back.
    template <typename Work>
    Result<void> patiently(Work&& work) {
        return while_no_memory(
            [&]() -> Result<void> {
                auto done = cuda::guarded([&] {
                    const cuda::DeviceScope scope(device_);
                    return work();
                });
                return done ? *done : fail(done.error());
            },
            {}, {}, [&] { log::warning("no memory to draw in on cuda:{}: waiting", device_); });
    }

    Result<cuda::Buffer> device_memory(std::size_t bytes) {
        return cuda::Buffer::make(place_->memory, bytes, place_->stream.get());
    }

    void copy(void* to, const void* from, std::size_t bytes) {
        cuda::check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, place_->stream.get()),
                    "cudaMemcpyAsync");
    }

    Result<void> launch(const Frame& frame, const PaintList& list, To to) {
        Under under;
        under.source = frame;
        const cuda::Nv12Layout shape(frame.width, frame.height);
        const std::size_t paints = list.paints.size() * sizeof(Paint);
        PaintJob job{.luma = frame.planes[0].data,
                     .chroma = frame.planes[1].data,
                     .luma_stride = frame.planes[0].stride,
                     .chroma_stride = frame.planes[1].stride,
                     .width = frame.width,
                     .height = frame.height,
                     .words = frame.format == PixelFormat::p010,
                     .pitch = static_cast<std::ptrdiff_t>(shape.pitch),
                     .count = static_cast<int>(list.paints.size())};
        if (paints > 0) {
            const std::size_t bytes = paints + list.masks.size();
            auto staging = cuda::Buffer::make(place_->pool, bytes);
            if (!staging) return fail(staging.error());
            under.staging = std::move(*staging);
            std::memcpy(under.staging.data(), list.paints.data(), paints);
            if (!list.masks.empty()) {
                std::memcpy(under.staging.as<std::uint8_t>() + paints, list.masks.data(),
                            list.masks.size());
            }
            auto memory = device_memory(bytes);
            if (!memory) return fail(memory.error());
            under.list = std::move(*memory);
            copy(under.list.data(), under.staging.data(), bytes);
            job.paints = under.list.as<const Paint>();
            job.masks = under.list.as<const std::uint8_t>() + paints;
        }
        const std::size_t bytes = shape.bytes();
        auto drawn = device_memory(bytes);
        if (!drawn) return fail(drawn.error());
        job.out = drawn->as<std::uint8_t>();
        cuda::Buffer down;
        if (to == To::host) {
            auto host = cuda::Buffer::make(place_->pool, bytes);
            if (!host) return fail(host.error());
            down = std::move(*host);
        }
        cuda::check(launch_paint(job, place_->stream.get()), "the kernel that draws");
        if (to == To::host) {
            copy(down.data(), drawn->data(), bytes);
            under.drawn = std::move(*drawn);
            under.painted = nv12_in(place_, std::move(down), frame, -1);
        } else {
            under.painted = nv12_in(place_, std::move(*drawn), frame, device_);
        }
        under.done.record(place_->stream.get());
        under_way_.push_back(std::move(under));
        return {};
    }

    /// i420 into the layout of nv12_in().
    static void interleave(const Frame& picture, std::uint8_t* out) {
        const std::size_t pitch = cuda::Nv12Layout(picture.width, picture.height).pitch;
        for (int y = 0; y < picture.height; ++y, out += pitch) {
            std::memcpy(out, picture.planes[0].data + y * picture.planes[0].stride,
                        static_cast<std::size_t>(picture.width));
        }
        for (int y = 0; y < (picture.height + 1) / 2; ++y, out += pitch) {
            const std::uint8_t* const u = picture.planes[1].data + y * picture.planes[1].stride;
            const std::uint8_t* const v = picture.planes[2].data + y * picture.planes[2].stride;
            for (int x = 0; x < (picture.width + 1) / 2; ++x) {
                out[2 * x] = u[x];
                out[2 * x + 1] = v[x];
            }
        }
    }

    const int device_;
    std::shared_ptr<Place> place_;
    std::deque<Under> under_way_;
};

Result<Frame> download(const Frame& frame) {
    const PixelLayout layout = layout_of(frame.format);
    const cuda::DeviceScope scope(frame.device);
    const cuda::Stream stream;
    Frame host = frame;
    std::array<std::size_t, 3> widths{}, heights{}, offsets{};
    std::size_t total = 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(layout.planes); ++i) {
        const int shift_x = i == 0 ? 0 : layout.chroma_shift_x;
        const int shift_y = i == 0 ? 0 : layout.chroma_shift_y;
        const int samples = (frame.width + (1 << shift_x) - 1) >> shift_x;
        const int of_one = layout.planes == 2 && i == 1         ? 2
                           : frame.format == PixelFormat::rgb24 ? 3
                                                                : 1;
        widths[i] = static_cast<std::size_t>(samples * of_one * layout.bytes_per_sample);
        heights[i] = static_cast<std::size_t>((frame.height + (1 << shift_y) - 1) >> shift_y);
        offsets[i] = total;
        total += widths[i] * heights[i];
    }
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(total);
    for (std::size_t i = 0; i < static_cast<std::size_t>(layout.planes); ++i) {
        std::uint8_t* const to = pixels->data() + offsets[i];
        cuda::check(cudaMemcpy2DAsync(to, widths[i], frame.planes[i].data,
                                      static_cast<std::size_t>(frame.planes[i].stride), widths[i],
                                      heights[i], cudaMemcpyDeviceToHost, stream.get()),
                    "cudaMemcpy2DAsync");
        host.planes[i] = {to, static_cast<std::ptrdiff_t>(widths[i])};
    }
    stream.synchronize();
    host.memory = MemoryKind::host;
    host.device = -1;
    host.owner = std::move(pixels);
    return host;
}

}  // namespace

Result<std::unique_ptr<DevicePainter>> open_device_painter(int device) {
    if (auto driver = cuda::probe_driver(); !driver) return fail(driver.error());
    return cuda::guarded(
        [&]() -> std::unique_ptr<DevicePainter> { return std::make_unique<CudaPainter>(device); });
}

Result<Frame> on_host(const Frame& frame) {
    if (frame.memory == MemoryKind::host) return frame;
    auto copied = cuda::guarded([&] { return download(frame); });
    return copied ? std::move(*copied) : fail(copied.error());
}

}  // namespace saccade::sink
