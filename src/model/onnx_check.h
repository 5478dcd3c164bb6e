// Whether an ONNX graph is whole and free of contradictions, and its numbers make sense. Private to
// src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <stop_token>
#include <string>

#include "saccade/error.h"

namespace saccade::model {

/// All that OnnxModel promises of a model that was read and sorted. `label` names the file in
/// messages. Linear in the size of the model.
/// Errors: corrupt, unsupported (data outside of the file, unknown element types and operator sets,
/// functions of its own, constants out of all measure), interrupted.
Result<void> check(const onnx::ModelProto& proto, const std::string& label,
                   std::stop_token stop = {});

}  // namespace saccade::model
