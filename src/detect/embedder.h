// What detections look like, as vectors: a ReID network run on each one's part of the frame.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/frame.h"
#include "detect/embedding_network.h"
#include "detect/embedding_spec.h"
#include "infer/backend.h"
#include "saccade/error.h"
#include "vision/preprocess.h"

namespace saccade::detect {

struct EmbedderOptions {
    std::filesystem::path model;  ///< an ONNX file; see EmbeddingSpec
    /// Its width and height are set from the file. The network must run in the host's memory.
    infer::BackendOptions backend;
};

/// One network for all streams: any thread may call embed, one at a time gets in. A network on the
/// CPU takes all cores, so that a copy for each stream would cost its memory and win no time.
/// Deterministic: a row depends on the pixels under its box and on nothing else.
class Embedder {
  public:
    /// Errors: those of OnnxModel::load, read_embedding_spec and infer::make_backend; unsupported
    /// (input or output in a place or of a type that the host can't fill or read).
    static Result<std::unique_ptr<Embedder>> load(const EmbedderOptions& options);
    /// Of a file that was read already.
    static Result<std::unique_ptr<Embedder>> load(const model::OnnxModel& model,
                                                  const infer::BackendOptions& backend);

    /// Replaces `rows` by one row of dimension() numbers a detection, in their order: of length 1,
    /// or all zero where there is nothing to see (a box that is empty or outside of the frame, an
    /// answer of zeros). Each box is stretched to the input's size, aspect ratio let go of, as the
    /// field's networks are trained. Errors: unsupported (frame in device memory), invalid_argument
    /// (frame without planes), internal (numbers out of the network that are not finite), and those
    /// of the backend.
    Result<void> embed(const Frame& frame, std::span<const Detection> detections,
                       std::vector<float>& rows);

    [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }

  private:
    Embedder(EmbeddingNetwork network, const vision::InputLayout& layout, std::string model_name);

    Result<void> fill(const Frame& part, std::size_t image);
    Result<void> run(std::span<const std::size_t> numbers, std::vector<float>& rows);

    std::mutex mutex_;  ///< held from filling the input to reading the output
    std::unique_ptr<infer::Backend> backend_;
    EmbeddingSpec spec_;
    std::string model_name_;
    std::size_t output_;  ///< which of the backend's outputs holds the embeddings
    std::size_t dimension_;
    vision::Preprocessor preprocessor_;
};

}  // namespace saccade::detect
