// A ReID network on its device, and what its numbers become.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "detect/embedding_spec.h"
#include "infer/backend.h"
#include "model/onnx_model.h"
#include "saccade/error.h"
#include "vision/preprocess.h"

namespace saccade::detect {

struct EmbeddingNetwork {
    std::unique_ptr<infer::Backend> backend;
    EmbeddingSpec spec;
    std::size_t output = 0;     ///< which of the backend's outputs holds the embeddings, in FP32
    std::size_t dimension = 0;  ///< numbers of one

    /// `load`'s width and height are set from the file. Errors: those of read_embedding_spec and
    /// infer::make_backend; unsupported (an output that is no [N,D] of FP32).
    static Result<EmbeddingNetwork> open(const model::OnnxModel& model, infer::BackendOptions load);

    /// Each box is stretched to the input's size, aspect ratio let go of, as the field's networks
    /// are trained.
    [[nodiscard]] vision::InputLayout layout() const;
};

/// Scales a row to length 1; false where it has numbers that are not finite.
[[nodiscard]] bool to_unit_length(std::span<const float> from, std::span<float> to);
/// What to say then.
[[nodiscard]] Error not_finite(const std::string& model_name);

}  // namespace saccade::detect
