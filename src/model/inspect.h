// Finds out what kind of detector an ONNX model is, from its metadata, shapes and graph.
#pragma once

#include <optional>
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
};

/// Errors: unsupported where it is no detection network that we can read (message with the output's
/// shape, remedy `--family`); invalid_argument where an override contradicts the shapes.
Result<ModelSpec> inspect(const OnnxModel& model, const SpecOverrides& overrides = {});

}  // namespace saccade::model
