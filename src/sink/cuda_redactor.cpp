#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "core/log.h"
#include "core/patience.h"
#include "cuda/nv12_layout.h"
#include "cuda/runtime.h"
#include "sink/cuda_mosaic.h"
#include "sink/redactor.h"

namespace saccade::sink {
namespace {

constexpr int most_cells = 16;  // of one place

struct Place {
    cuda::Stream stream;
    cuda::DeviceResource memory;
};

/// A picture's memory. `place` is destroyed last.
struct Pixels {
    std::shared_ptr<Place> place;
    cuda::Buffer memory;
};

}  // namespace

class Redactor::Device {
  public:
    /// Throws CudaFailure.
    explicit Device(int device) : device_(device) {
        const cuda::DeviceScope scope(device);
        place_ = std::make_shared<Place>();
    }
    [[nodiscard]] int number() const noexcept { return device_; }

    Result<Frame> cover(const Frame& frame, std::span<const Box> places, CoverStyle style) {
        Frame covered;
        auto done = while_no_memory(
            [&]() -> Result<void> {
                auto tried = cuda::guarded([&] {
                    const cuda::DeviceScope scope(device_);
                    return run(frame, places, style, covered);
                });
                return tried ? *tried : fail(tried.error());
            },
            {}, {}, [&] { log::warning("no memory to cover in on cuda:{}: waiting", device_); });
        if (!done) return fail(done.error());
        return covered;
    }

  private:
    Result<void> run(const Frame& frame, std::span<const Box> places, CoverStyle style,
                     Frame& covered) {
        if (frame.format != PixelFormat::nv12 && frame.format != PixelFormat::p010) {
            return fail(ErrorCode::unsupported,
                        fmt::format("frame {}: only nv12 and p010 can be covered on a GPU",
                                    frame.id.index));
        }
        int cells = 0;
        const auto mosaics = mosaics_of(places, frame.width, frame.height, cells);
        const bool words = frame.format == PixelFormat::p010;
        const cuda::Nv12Layout shape(frame.width, frame.height, words ? 2 : 1);
        auto pixels = allot(shape.bytes());
        if (!pixels) return fail(pixels.error());
        MosaicJob job{.luma = frame.planes[0].data,
                      .chroma = frame.planes[1].data,
                      .luma_stride = frame.planes[0].stride,
                      .chroma_stride = frame.planes[1].stride,
                      .width = frame.width,
                      .height = frame.height,
                      .words = words,
                      .out = pixels->as<std::uint8_t>(),
                      .pitch = static_cast<std::ptrdiff_t>(shape.pitch),
                      .count = static_cast<int>(mosaics.size()),
                      .style = style};
        const std::size_t list = mosaics.size() * sizeof(Mosaic);
        auto lists = allot(list + static_cast<std::size_t>(cells) * sizeof(CellColor) + 1);
        if (!lists) return fail(lists.error());
        job.mosaics = lists->as<const Mosaic>();
        job.cells = reinterpret_cast<CellColor*>(lists->as<std::uint8_t>() + list);
        if (list > 0) {
            cuda::check(cudaMemcpyAsync(lists->data(), mosaics.data(), list, cudaMemcpyHostToDevice,
                                        place_->stream.get()),
                        "cudaMemcpyAsync");
        }
        cuda::check(launch_mosaic(job, most_cells, place_->stream.get()), "the kernel that covers");
        place_->stream.synchronize();
        covered = frame;
        covered.planes = shape.planes(pixels->as<const std::uint8_t>());
        covered.owner = std::make_shared<Pixels>(place_, std::move(*pixels));
        return {};
    }

    Result<cuda::Buffer> allot(std::size_t bytes) {
        return cuda::Buffer::make(place_->memory, bytes, place_->stream.get());
    }

    const int device_;
    std::shared_ptr<Place> place_;
};

Redactor::Redactor(CoverStyle style) : style_(style) {}
Redactor::~Redactor() = default;

Result<Frame> Redactor::redact(const Frame& frame, std::span<const Box> places) {
    if (places.empty() || frame.planes[0].data == nullptr) return frame;
    if (frame.memory == MemoryKind::host) return cover_on_host(frame, places, style_);
    if (!device_ || device_->number() != frame.device) {
        auto made = cuda::guarded([&] { return std::make_unique<Device>(frame.device); });
        if (!made) return fail(made.error());
        device_ = std::move(*made);
    }
    return device_->cover(frame, places, style_);
}

}  // namespace saccade::sink
