// What must be known of a network that tells objects apart by their appearance (ReID).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::detect {

struct EmbeddingSpec {
    model::ModelSpec network;  ///< names, sizes and batch; what speaks of detections is unset
    /// Of RGB values in [0, 1]: the input is (value - mean) / deviation. ImageNet's, with which
    /// published ReID networks are trained, unless the file's metadata has keys "mean" and "std" of
    /// three numbers each.
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> deviation{0.229F, 0.224F, 0.225F};
};

/// Whether a shape is [N, D] or [N, D, 1, 1]; -1 stands for any number.
[[nodiscard]] bool is_embedding(std::span<const std::int64_t> shape) noexcept;

/// Reads a network with one input [N, 3, H, W] of f32, whose first output holds the embeddings.
/// Where H and W are dynamic, 256 x 128 px: the size of the field's networks for people.
/// Errors: unsupported (another input or output); corrupt (metadata that says no numbers).
Result<EmbeddingSpec> read_embedding_spec(const model::OnnxModel& model);

}  // namespace saccade::detect
