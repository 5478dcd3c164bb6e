// Element types of all values of a graph, from its inputs on. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace saccade::model {

/// TensorProto::DataType by value name. Operators that are not known otherwise hand on the type of
/// their first input, as most of ONNX does.
using ValueTypes = std::unordered_map<std::string, std::int32_t>;

ValueTypes value_types(const onnx::GraphProto& graph);

}  // namespace saccade::model
