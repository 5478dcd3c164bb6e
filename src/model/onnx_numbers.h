// Whether the numbers in an ONNX node make sense, before a backend computes with them. Private to
// src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "model/onnx_attributes.h"
#include "model/onnx_scope.h"

namespace saccade::model {

/// Elements that a node may make out of constants alone (1 GiB of floats), and the model in all.
inline constexpr std::int64_t most_made = std::int64_t{1} << 28;

/// Backends divide by strides and groups, and allocate what a shape asks for: numbers outside of
/// any sense have killed the process (integer division by zero) or taken all memory. Looked at are
///  - integer attributes, by their names, whatever the operator;
///  - axes, where the number of dimensions is known;
///  - kernels, strides, pads and groups of convolutions and pools against one another and weights;
///  - shapes, scales, repeats, steps and divisors, where they are constant.
/// One walk through a model, in graph order.
class NumberCheck {
  public:
    explicit NumberCheck(const Scope& scope) : scope_(scope) {}

    /// What is wrong with the node.
    Wrong wrong(const onnx::NodeProto& node);

  private:
    Wrong wrong_constants(const onnx::NodeProto& node);
    Wrong too_much(double elements);
    bool holds_zero(const onnx::TensorProto& tensor);

    const Scope& scope_;
    double made_ = 0;  ///< elements out of constants so far
    std::unordered_map<const onnx::TensorProto*, bool> holds_zero_;
};

/// Dimensions of the node's first output as far as its inputs' tell, -1 where they don't.
int output_rank(const onnx::NodeProto& node, const Scope& scope);

}  // namespace saccade::model
