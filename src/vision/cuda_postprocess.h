// From a network's output on the device to detections: head, score filter, NMS and box scaling.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "vision/cuda_candidates.h"
#include "vision/cuda_pixel.h"

namespace saccade::vision {

/// The work on a batch of one network.
struct PostJob {
    HeadJob head;
    NmsJob nms;
    std::ptrdiff_t output_stride = 0;  ///< floats from an image's output to the next
    int capacity = 0;                  ///< candidates an image that there is room for
};

/// Working memory on the device, for the most images of a batch.
struct PostMemory {
    Candidate* candidates = nullptr;  ///< images x capacity
    std::int32_t* counts = nullptr;   ///< images
    Ranked* ranked = nullptr;         ///< images x padded_size(capacity)
    std::uint8_t* removed = nullptr;  ///< images x capacity
    std::byte* results = nullptr;     ///< images x result_bytes
};

/// An image's result: ResultHeader, then max_detections of Detection.
[[nodiscard]] constexpr std::size_t result_bytes(int max_detections) noexcept {
    return sizeof(ResultHeader) + static_cast<std::size_t>(max_detections) * sizeof(Detection);
}

/// Reads `output` (f32) and the letterboxes of `pictures`, both device memory, and fills
/// memory.results. Work on `stream`. Equal input gives equal bytes.
cudaError_t launch_postprocess(const PostJob& job, const float* output, const PictureJob* pictures,
                               int images, const PostMemory& memory, cudaStream_t stream);

}  // namespace saccade::vision
