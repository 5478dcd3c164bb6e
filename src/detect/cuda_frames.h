// Frames as the letterbox kernel reads them: uploaded where they are on the host, with the tables
// of their size.
#pragma once

#include <memory>
#include <vector>

#include "core/frame.h"
#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "vision/cuda_pixel.h"
#include "vision/preprocess.h"

namespace saccade::detect {

/// Taps of the latest sizes, on the device. One thread.
class DeviceTables {
  public:
    DeviceTables(cuda::MemoryResource& device, Placement placement, int width, int height)
        : device_(device), placement_(placement), width_(width), height_(height) {}

    /// The job of a frame, but for its planes if those are on the host. Waits for an upload where
    /// the size is new. The tables stay valid while `kept` sizes or fewer are in use. Errors:
    /// out_of_memory, internal.
    Result<vision::PictureJob> job_of(const Frame& frame, float scale);

    static constexpr std::size_t kept = 64;

  private:
    struct Entry {
        int width, height;
        PixelFormat format;
        ChromaSiting siting;
        vision::Letterbox letterbox;
        cuda::Buffer taps;
        const vision::Tap* axes[4];  ///< luma x, y, chroma x, y
    };
    Result<void> add(const Frame& frame);

    cuda::MemoryResource& device_;
    const Placement placement_;
    const int width_, height_;
    cuda::Stream stream_;
    std::vector<std::unique_ptr<Entry>> entries_;  ///< last used first
};

/// Pinned and device memory for one image of a slot, as large as its largest frame so far.
class Upload {
  public:
    /// Copies the planes to the device, on the stream, and points `job` at them. The host's pixels
    /// may go when this returns. To be called again only when the earlier copy is done.
    Result<void> run(const Frame& frame, vision::PictureJob& job, cuda::MemoryResource& pinned,
                     cuda::MemoryResource& device, cudaStream_t stream);

  private:
    cuda::Buffer pinned_, device_;
};

}  // namespace saccade::detect
