// The protobuf inside an OnnxModel. Private to src/model: no other module may include this.
#pragma once

#include <onnx/onnx_pb.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/onnx_model.h"
#include "saccade/error.h"

namespace saccade::model {

struct OnnxModel::Access {
    static const onnx::ModelProto& proto(const OnnxModel& model);

    /// Takes a changed or newly written proto back in, with all checks of parse().
    static Result<OnnxModel> adopt(onnx::ModelProto proto, std::string name);
};

/// "node 'conv1' (Conv)", long names cut short (core/elide.h).
std::string shown(const onnx::NodeProto& node);

/// Values of an integer constant: an INT64 or INT32 tensor held as raw bytes or as a list.
/// False where the tensor is of another type.
bool read_integers(const onnx::TensorProto& tensor, std::vector<std::int64_t>& values);

/// Replaces an INT64 tensor's values and makes it one-dimensional.
void write_integers(onnx::TensorProto& tensor, const std::vector<std::int64_t>& values);

/// Values of a constant of any floating type, narrowed to F32. False where the tensor is of another
/// type.
bool read_floats(const onnx::TensorProto& tensor, std::vector<float>& values);

/// The attribute by its name, nullptr where the node has none.
const onnx::AttributeProto* attribute(const onnx::NodeProto& node, std::string_view name);

/// The list of an integers attribute; empty where the node has none.
std::vector<std::int64_t> integers_attribute(const onnx::NodeProto& node, std::string_view name);

/// An integer attribute, or `fallback`.
std::int64_t integer_attribute(const onnx::NodeProto& node, std::string_view name,
                               std::int64_t fallback);

}  // namespace saccade::model
