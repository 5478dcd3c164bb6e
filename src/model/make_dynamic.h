// Frees a model from the batch or picture size that it was exported with.
#pragma once

#include <string>

#include "model/onnx_model.h"
#include "model/spec.h"

namespace saccade::model {

struct DynamicModel {
    OnnxModel model;
    bool dynamic_batch = false;  ///< any batch runs, whether by our doing or from the start
    bool dynamic_size = false;   ///< any multiple of the stride runs, likewise
    std::string kept;            ///< why the batch or size stays fixed, "" where all is dynamic
};

/// Rewrites the batch, and where the graph allows the height and width, as dynamic dimensions:
/// input and output shapes, target shapes of Reshape, Expand and Tile, target sizes of Resize.
/// What a constant of the graph ties to one size (an anchor grid, say) stays as it is, and `kept`
/// names it. Never fails: a graph that can't be changed comes back as it was.
DynamicModel make_dynamic(const OnnxModel& model, const ModelSpec& spec);

/// What `spec`, which make_dynamic() was given, says of the model that came of it.
ModelSpec freed_spec(ModelSpec spec, const DynamicModel& freed);

}  // namespace saccade::model
