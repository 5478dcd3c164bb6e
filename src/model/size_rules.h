// Whether a network runs at other picture sizes than the one it was exported for.
// Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace saccade::model {

/// What ties the graph to the size of `input`, [N, 3, H, W]: "" where nothing does. Conservative:
/// it knows fully convolutional networks with flattened heads, and takes everything else for an
/// obstacle.
std::string size_obstacle(const onnx::GraphProto& graph, const std::string& input);

}  // namespace saccade::model
