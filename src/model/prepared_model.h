// From an ONNX file to the network that a backend runs: the one way there is, for every verb and
// every backend.
//
// load, check, sort -> which family (head.h) -> one f32 output in one of three layouts -> batch and
// size made free -> and, for detectors that read on the host, the last steps of the head cut off.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::model {

/// What the user knows better than the file.
struct SpecOverrides {
    std::optional<Family> family;
    std::vector<std::string> class_names;  ///< by class id; empty: as the file says
    std::optional<bool> bgr;               ///< order of the input's channels
    std::optional<float> scale;            ///< applied to 8-bit values
};

/// A network as a backend gets it, and how its output is to be read.
struct Network {
    OnnxModel graph;
    ModelSpec spec;
    std::string kept;  ///< what ties it to its batch or size, "" where all is free
};

/// Whether the last steps of a YOLOv8-like head are left to the reader (raw_head.h), which does
/// them for the few anchors that matter: on a host, where they would cost a tenth of all.
enum class HeadForm : std::uint8_t { whole, raw };

/// A detection network that is understood. Const calls may run in parallel.
class PreparedModel {
  public:
    /// Errors: those of OnnxModel::load and of prepare().
    static Result<PreparedModel> load(const std::filesystem::path& path,
                                      const SpecOverrides& overrides = {},
                                      std::stop_token stop = {});

    /// Errors: unsupported where it is no detection network that we can read with certainty (the
    /// message has the outputs' shapes, the remedy the families known); invalid_argument where an
    /// override contradicts the network.
    static Result<PreparedModel> prepare(OnnxModel model, const SpecOverrides& overrides = {});

    [[nodiscard]] const std::string& name() const noexcept { return model_.name(); }
    /// As the file has it: its own size and batch, before they are made free.
    [[nodiscard]] const ModelSpec& spec() const noexcept { return spec_; }

    /// Of all that the network computes with, in hex: differs where a weight does. Errors:
    /// unsupported (over 2 GiB).
    [[nodiscard]] Result<std::string> digest() const { return model_.digest(); }

    /// Errors: those of OnnxModel::parse (a changed graph that contradicts itself, our error).
    [[nodiscard]] Result<Network> network(HeadForm form) const;

  private:
    PreparedModel(OnnxModel model, ModelSpec spec)
        : model_(std::move(model)), spec_(std::move(spec)) {}

    OnnxModel model_;  ///< with its one output
    ModelSpec spec_;
};

/// What prepare() finds out of the network, as the file has it.
Result<ModelSpec> inspect(const OnnxModel& model, const SpecOverrides& overrides = {});

/// Batch and size of any network, a ReID one say, made free as far as its graph allows.
Network free_dimensions(const OnnxModel& model, const ModelSpec& spec);

}  // namespace saccade::model
