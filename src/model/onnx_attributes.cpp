#include "model/onnx_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <unordered_set>

#include "core/elide.h"
#include "model/onnx_access.h"
#include "model/onnx_tensor.h"

namespace saccade::model {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;
using Numbers = std::vector<std::int64_t>;

constexpr std::int64_t int32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t most_channels = std::int64_t{1} << 20;

struct Range {
    std::string_view attribute;
    std::int64_t least, most;
};

/// By name: ONNX gives an attribute of one name one meaning in all its operators.
constexpr Range ranges[] = {
    // windows
    {"strides", 1, largest_side},
    {"dilations", 1, largest_side},
    {"kernel_shape", 1, largest_side},
    {"pads", 0, largest_side},
    {"output_padding", 0, largest_side},
    {"output_shape", 1, largest_side},
    {"pooled_shape", 1, largest_side},
    {"output_height", 1, largest_side},
    {"output_width", 1, largest_side},
    {"sampling_ratio", 0, largest_side},
    {"block_shape", 1, largest_side},
    {"blocksize", 1, 4096},
    // counts
    {"group", 1, most_channels},
    {"num_groups", 1, most_channels},
    {"hidden_size", 1, most_channels},
    {"num_outputs", 1, most_channels},
    {"offset_group", 1, most_channels},
    {"num_scan_inputs", 1, most_channels},
    {"num_heads", 1, most_channels},
    {"q_num_heads", 1, most_channels},
    {"kv_num_heads", 1, most_channels},
    {"block_size", 0, most_channels},
    {"size", 1, most_channels},  // of LRN
    {"split", 0, int32},
    {"p", 1, 64},  // norms
    // axes
    {"axis", -highest_rank, highest_rank - 1},
    {"axes", -highest_rank, highest_rank - 1},
    {"perm", 0, highest_rank - 1},
    {"batch_axis", 0, highest_rank - 1},
    {"time_axis", 0, highest_rank - 1},
    {"batch_dims", 0, highest_rank - 1},
    // element types
    {"to", 1, 64},
    {"dtype", 0, 64},
    {"output_dtype", 0, 64},
    {"output_datatype", 0, 64},
    {"stash_type", 0, 64},
    // switches
    {"keepdims", 0, 1},
    {"ceil_mode", 0, 1},
    {"count_include_pad", 0, 1},
    {"storage_order", 0, 1},
    {"exclusive", 0, 1},
    {"reverse", 0, 1},
    {"transA", 0, 1},
    {"transB", 0, 1},
    {"fmod", 0, 1},
    {"select_last_index", 0, 1},
    {"largest", 0, 1},
    {"sorted", 0, 1},
    {"allowzero", 0, 1},
    {"noop_with_empty_axes", 0, 1},
    {"center_point_box", 0, 1},
    {"align_corners", 0, 1},
    {"exclude_outside", 0, 1},
    {"antialias", 0, 1},
    {"linear_before_reset", 0, 1},
    {"input_forget", 0, 1},
    {"new_axis", 0, 1},
    {"upper", 0, 1},
    {"saturate", 0, 1},
    {"onesided", 0, 1},
    {"inverse", 0, 1},
    // numbers that may be anything: Slice to the end of a dimension is the largest there is
    {"starts", -any - 1, any},
    {"ends", -any - 1, any},
    {"start", -any - 1, any},
    {"end", -any - 1, any},
    {"value_int", -any - 1, any},
    {"value_ints", -any - 1, any},
};

Range range_of(const NodeProto& node, const std::string& attribute) {
    if (attribute == "pads" && node.op_type() == "Pad")
        return {"pads", -largest_side, largest_side};
    for (const Range& range : ranges) {
        if (range.attribute == attribute) return range;
    }
    if (node.domain() == "ai.onnx.ml") return {attribute, -any - 1, any};  // keys of tables
    return {attribute, -int32 - 1, int32};
}

/// Operators whose `axis` or `axes` count the dimensions of their first input.
bool counts_input_dims(const std::string& op) {
    static const std::unordered_set<std::string_view> known{
        "Softmax", "LogSoftmax",         "Hardmax",         "Concat",  "Split",
        "Gather",  "GatherElements",     "ScatterElements", "ArgMax",  "ArgMin",
        "TopK",    "LayerNormalization", "LpNormalization", "Squeeze", "Slice"};
    return known.contains(op) || op.starts_with("Reduce");
}

Wrong wrong_ranges(const NodeProto& node) {
    std::set<std::string_view> seen;
    for (const auto& attribute : node.attribute()) {
        const std::string& name = attribute.name();
        if (!seen.insert(name).second) return fmt::format("has {} twice", elided(name));
        const Range range = range_of(node, name);
        const auto check = [&](std::int64_t value) -> Wrong {
            if (value >= range.least && value <= range.most) return std::nullopt;
            return fmt::format("has {} of {}, not from {} to {}", elided(name), value, range.least,
                               range.most);
        };
        // Whatever the type is said to be: what a backend reads is what counts.
        if (attribute.has_i()) {
            if (auto wrong = check(attribute.i())) return wrong;
        }
        for (const std::int64_t value : attribute.ints()) {
            if (auto wrong = check(value)) return wrong;
        }
    }
    return std::nullopt;
}

Wrong wrong_directions(const NodeProto& node, const Scope& scope) {
    const int rank = node.input_size() > 0 ? scope.rank(node.input(0)) : -1;
    const auto* axis = attribute(node, "axis");
    const bool counted = counts_input_dims(node.op_type());
    if (axis != nullptr && axis->has_i() && counted) {
        if (auto wrong = wrong_axes({axis->i()}, rank)) return wrong;
    }
    if (auto wrong = wrong_axes(integers_attribute(node, "axes"), counted ? rank : -1))
        return wrong;
    Numbers perm = integers_attribute(node, "perm");
    if (perm.empty()) return std::nullopt;
    std::sort(perm.begin(), perm.end());
    for (std::size_t i = 0; i < perm.size(); ++i) {
        if (perm[i] != static_cast<std::int64_t>(i))
            return "has a perm that is no order of dimensions";
    }
    if (rank >= 0 && perm.size() != static_cast<std::size_t>(rank)) {
        return fmt::format("has a perm of {} for {} dimensions", perm.size(), rank);
    }
    return std::nullopt;
}

/// Lists of one number a spatial dimension; pads of two.
Wrong wrong_lengths(const NodeProto& node, std::size_t spatial) {
    for (const std::string_view name : {"strides", "dilations", "kernel_shape", "output_padding"}) {
        const std::size_t size = integers_attribute(node, name).size();
        if (size > 0 && size != spatial) {
            return fmt::format("has {} {} for {} dimensions", size, name, spatial);
        }
    }
    const std::size_t pads = integers_attribute(node, "pads").size();
    if (pads > 0 && pads != 2 * spatial) {
        return fmt::format("has {} pads for {} dimensions", pads, spatial);
    }
    return std::nullopt;
}

Wrong wrong_convolution(const NodeProto& node, const Scope& scope) {
    const auto* weights = node.input_size() > 1 ? scope.tensor(node.input(1)) : nullptr;
    const Numbers kernel = integers_attribute(node, "kernel_shape");
    if (weights == nullptr) {
        return kernel.empty() ? std::nullopt : wrong_lengths(node, kernel.size());
    }
    const Numbers dims(weights->dims().begin(), weights->dims().end());
    const bool any_zero = std::any_of(dims.begin(), dims.end(), [](auto dim) { return dim < 1; });
    if (dims.size() < 3 || any_zero) return "has weights that are none of a convolution";
    if (!kernel.empty() &&
        !std::equal(kernel.begin(), kernel.end(), dims.begin() + 2, dims.end())) {
        return "has a kernel_shape that is not its weights'";
    }
    const std::int64_t group = integer_attribute(node, "group", 1);
    if (group < 1 || dims[0] % group != 0) {
        return fmt::format("has {} groups for {} channels", group, dims[0]);
    }
    return wrong_lengths(node, dims.size() - 2);
}

Wrong wrong_pool(const NodeProto& node) {
    const Numbers kernel = integers_attribute(node, "kernel_shape"),
                  pads = integers_attribute(node, "pads");
    const Numbers dilations = integers_attribute(node, "dilations");
    if (kernel.empty()) return "has no kernel_shape";
    if (auto wrong = wrong_lengths(node, kernel.size())) return wrong;
    for (std::size_t i = 0; i < pads.size(); ++i) {
        const std::size_t side = i % kernel.size();
        const std::int64_t reach = kernel[side] * (dilations.empty() ? 1 : dilations[side]);
        if (pads[i] >= reach) {
            return fmt::format("has pads of {} for a kernel of {}", pads[i], kernel[side]);
        }
    }
    return std::nullopt;
}

Wrong wrong_windows(const NodeProto& node, const Scope& scope) {
    static const std::unordered_set<std::string_view> convolutions{"Conv", "ConvTranspose"},
        pools{"MaxPool", "AveragePool", "LpPool"};
    if (convolutions.contains(node.op_type())) return wrong_convolution(node, scope);
    if (pools.contains(node.op_type())) return wrong_pool(node);
    return std::nullopt;
}

}  // namespace

Wrong wrong_axes(const Numbers& axes, int rank) {
    const std::int64_t most = rank >= 0 ? rank : highest_rank;
    std::set<std::int64_t> seen;
    for (const std::int64_t axis : axes) {
        if (axis < -most || axis >= most) {
            return fmt::format("works along axis {} of {} dimensions", axis, most);
        }
        if (!seen.insert(rank >= 0 && axis < 0 ? axis + most : axis).second) {
            return fmt::format("works along axis {} twice", axis);
        }
    }
    return std::nullopt;
}

Wrong wrong_attribute(const NodeProto& node, const Scope& scope) {
    if (auto wrong = wrong_ranges(node)) return wrong;
    if (auto wrong = wrong_directions(node, scope)) return wrong;
    return wrong_windows(node, scope);
}

}  // namespace saccade::model
