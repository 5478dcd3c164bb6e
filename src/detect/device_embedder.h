// What detections look like, as vectors, by a ReID network on a GPU: those of many frames at once.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/frame.h"
#include "infer/backend.h"
#include "model/onnx_model.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::detect {

/// One frame's detections, to be looked at.
struct LookRequest {
    Frame frame;  ///< on the embedder's device or on the host
    std::vector<Detection> detections;
    std::vector<float> rows;  ///< then: as Embedder::embed
    Result<void> outcome;     ///< then; a failure is this frame's alone
};

/// Crops are taken by the letterbox kernel's twin, straight into the network's input, batch by
/// batch, with several batches under way; embeddings come back in one copy a batch. The crops and
/// their resampling are those of Embedder, bit by bit; the network's arithmetic is the device's.
/// One thread at a time. Deterministic: a row depends on the pixels under its box and on nothing
/// else.
class DeviceEmbedder {
  public:
    DeviceEmbedder() = default;
    DeviceEmbedder(const DeviceEmbedder&) = delete;
    DeviceEmbedder& operator=(const DeviceEmbedder&) = delete;
    virtual ~DeviceEmbedder() = default;

    /// Errors: those of EmbeddingNetwork::open; unsupported (an input that the device can't fill);
    /// out_of_memory; unavailable (a build without CUDA).
    static Result<std::unique_ptr<DeviceEmbedder>> load(const model::OnnxModel& model,
                                                        const infer::BackendOptions& options);

    /// Blocks until all are done. On an error, which is none of the frames', nothing is under way
    /// any more: after out_of_memory the same requests may be tried again.
    virtual Result<void> embed(std::span<LookRequest* const> requests) = 0;
    [[nodiscard]] virtual std::size_t dimension() const noexcept = 0;
};

}  // namespace saccade::detect
