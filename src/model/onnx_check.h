// Whether an ONNX graph is whole and free of contradictions. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

#include "saccade/error.h"

namespace saccade::model {

/// All that OnnxModel promises of a model that was read. `label` names the file in messages.
/// Errors: corrupt, unsupported (data outside of the file, unknown element types).
Result<void> check(const onnx::ModelProto& proto, const std::string& label);

}  // namespace saccade::model
