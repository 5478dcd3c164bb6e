// Whether the attributes of an ONNX node make sense by themselves. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/onnx_scope.h"

namespace saccade::model {

/// What is wrong with a node, as the end of a sentence that names it; none where nothing is.
using Wrong = std::optional<std::string>;

/// A dimension, stride, pad or kernel larger than this is taken for damage.
inline constexpr std::int64_t largest_side = 65536;

/// Each integer in the range of its attribute's name; axes within the rank where it is known; what
/// a convolution or pool says of its windows against its weights.
Wrong wrong_attribute(const onnx::NodeProto& node, const Scope& scope);

/// Likewise axes, from wherever: each from -rank to rank-1 (rank -1: as far as any tensor has
/// them), and none twice.
Wrong wrong_axes(const std::vector<std::int64_t>& axes, int rank);

}  // namespace saccade::model
