#include "detect/cuda_frames.h"

#include <algorithm>
#include <cstring>

#include "vision/letterbox.h"
#include "vision/resample.h"

namespace saccade::detect {
namespace {

constexpr std::size_t alignment = 256;  // bytes, of rows: whole sectors for the kernel's reads

std::size_t aligned(std::size_t bytes) {
    return (bytes + alignment - 1) / alignment * alignment;
}

struct PlaneExtent {
    std::size_t row_bytes = 0, rows = 0;
};

PlaneExtent extent_of(const Frame& frame, int plane) {
    const PixelLayout layout = layout_of(frame.format);
    const int shift_x = plane > 0 ? layout.chroma_shift_x : 0;
    const int shift_y = plane > 0 ? layout.chroma_shift_y : 0;
    int samples = vision::chroma_size(frame.width, shift_x);
    if (frame.format == PixelFormat::rgb24) samples *= 3;
    if (plane > 0 && layout.planes == 2) samples *= 2;
    return {static_cast<std::size_t>(samples) * static_cast<std::size_t>(layout.bytes_per_sample),
            static_cast<std::size_t>(vision::chroma_size(frame.height, shift_y))};
}

Result<void> grow(cuda::Buffer& buffer, std::size_t bytes, cuda::MemoryResource& resource) {
    if (buffer.bytes() >= bytes) return {};
    auto larger = cuda::Buffer::make(resource, bytes);
    if (!larger) return fail(larger.error());
    buffer = std::move(*larger);
    return {};
}

}  // namespace

Result<void> DeviceTables::add(const Frame& frame) {
    auto entry = std::make_unique<Entry>();
    entry->width = frame.width;
    entry->height = frame.height;
    entry->format = frame.format;
    entry->siting = frame.color.siting;
    entry->letterbox =
        vision::make_letterbox(frame.width, frame.height, width_, height_, placement_);
    const auto tables =
        vision::make_resample_tables(entry->letterbox, frame.format, frame.color.siting);
    std::vector<vision::Tap> all;
    std::size_t starts[4];
    const std::vector<vision::Tap>* const axes[] = {&tables.luma_x, &tables.luma_y,
                                                    &tables.chroma_x, &tables.chroma_y};
    for (std::size_t i = 0; i < 4; ++i) {
        starts[i] = all.size();
        all.insert(all.end(), axes[i]->begin(), axes[i]->end());
    }
    auto taps = cuda::Buffer::make(device_, all.size() * sizeof(vision::Tap));
    if (!taps) return fail(taps.error());
    entry->taps = std::move(*taps);
    cuda::check(cudaMemcpyAsync(entry->taps.data(), all.data(), all.size() * sizeof(vision::Tap),
                                cudaMemcpyHostToDevice, stream_.get()),
                "cudaMemcpyAsync");
    stream_.synchronize();
    for (std::size_t i = 0; i < 4; ++i) entry->axes[i] = entry->taps.as<vision::Tap>() + starts[i];
    if (entries_.size() == kept) {
        // A batch under way may still read the oldest one.
        cuda::check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
        entries_.pop_back();
    }
    entries_.push_back(std::move(entry));
    return {};
}

Result<vision::PictureJob> DeviceTables::job_of(const Frame& frame, float scale) {
    const auto fits = [&](const auto& e) {
        return e->width == frame.width && e->height == frame.height && e->format == frame.format &&
               e->siting == frame.color.siting;
    };
    auto found = std::find_if(entries_.begin(), entries_.end(), fits);
    if (found == entries_.end()) {
        if (auto ok = add(frame); !ok) return fail(ok.error());
        found = entries_.end() - 1;
    }
    std::rotate(entries_.begin(), found, found + 1);
    const Entry& entry = *entries_.front();
    vision::PictureJob job = vision::make_picture_job(frame, entry.letterbox, scale);
    job.luma_x = entry.axes[0];
    job.luma_y = entry.axes[1];
    job.chroma_x = entry.axes[2];
    job.chroma_y = entry.axes[3];
    return job;
}

Result<void> Upload::run(const Frame& frame, vision::PictureJob& job, cuda::MemoryResource& pinned,
                         cuda::MemoryResource& device, cudaStream_t stream) {
    const int planes = layout_of(frame.format).planes;
    std::size_t bytes = 0;
    for (int i = 0; i < planes; ++i) {
        const PlaneExtent extent = extent_of(frame, i);
        bytes += aligned(extent.row_bytes) * extent.rows;
    }
    if (auto ok = grow(pinned_, bytes, pinned); !ok) return ok;
    if (auto ok = grow(device_, bytes, device); !ok) return ok;
    std::size_t at = 0;
    for (int i = 0; i < planes; ++i) {
        const PlaneExtent extent = extent_of(frame, i);
        const std::size_t pitch = aligned(extent.row_bytes);
        const Plane& from = frame.planes[static_cast<std::size_t>(i)];
        job.planes[i] = device_.as<std::uint8_t>() + at;
        job.strides[i] = static_cast<std::ptrdiff_t>(pitch);
        for (std::size_t row = 0; row < extent.rows; ++row, at += pitch) {
            std::memcpy(pinned_.as<std::uint8_t>() + at,
                        from.data + from.stride * static_cast<std::ptrdiff_t>(row),
                        extent.row_bytes);
        }
    }
    cuda::check(
        cudaMemcpyAsync(device_.data(), pinned_.data(), bytes, cudaMemcpyHostToDevice, stream),
        "cudaMemcpyAsync");
    return {};
}

}  // namespace saccade::detect
