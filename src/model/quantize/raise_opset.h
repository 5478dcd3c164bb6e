// Brings a graph to operator set 13, the first that has quantisers with a scale a channel. Private
// to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include "saccade/error.h"

namespace saccade::model {

/// Sets 11 and 12 are rewritten (axes and splits become inputs), later ones stay.
/// Errors: unsupported (set 10 and before; a Softmax whose meaning depends on the set).
Result<void> raise_opset(onnx::ModelProto& proto, const std::string& name);

}  // namespace saccade::model
