// Whether an ONNX graph is whole, free of contradictions and of a sane size. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <stop_token>
#include <string>

#include "saccade/error.h"

namespace saccade::model {

/// Nodes of a model, subgraphs' too. The largest detectors have some 5,000; OpenVINO takes more than a
/// minute of CPU time for a chain of 10,000, and its time grows with the square.
inline constexpr int most_nodes = 20000;

/// All that OnnxModel promises of a model that was read and sorted. `label` names the file in
/// messages. Linear in the size of the model.
/// Errors: corrupt, unsupported (data outside of the file, unknown element types and operator sets,
/// functions of its own, constants or graphs out of all measure), interrupted.
Result<void> check(const onnx::ModelProto& proto, const std::string& label,
                   std::stop_token stop = {});

}  // namespace saccade::model
