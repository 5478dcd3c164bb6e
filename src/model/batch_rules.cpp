#include "model/batch_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;

/// Operators that work on each element, with broadcasting, or on each element alone.
const std::set<std::string_view> elementwise{"Abs",
                                             "Add",
                                             "Cast",
                                             "Ceil",
                                             "Clip",
                                             "Cos",
                                             "Div",
                                             "Equal",
                                             "Erf",
                                             "Exp",
                                             "Floor",
                                             "Greater",
                                             "HardSigmoid",
                                             "HardSwish",
                                             "Identity",
                                             "LeakyRelu",
                                             "Less",
                                             "Log",
                                             "Max",
                                             "Min",
                                             "Mish",
                                             "Mod",
                                             "Mul",
                                             "Neg",
                                             "Not",
                                             "Pow",
                                             "PRelu",
                                             "Relu",
                                             "Round",
                                             "Sigmoid",
                                             "Sin",
                                             "Softplus",
                                             "Sqrt",
                                             "Sub",
                                             "Tanh",
                                             "Where",
                                             "And",
                                             "Or",
                                             "GreaterOrEqual",
                                             "LessOrEqual",
                                             "Elu",
                                             "QuantizeLinear",
                                             "DequantizeLinear"};
/// Operators that ONNX defines image by image, with the batch first; other inputs are parameters.
const std::set<std::string_view> per_image{
    "Conv",          "ConvTranspose",         "MaxPool",
    "AveragePool",   "BatchNormalization",    "GlobalAveragePool",
    "GlobalMaxPool", "InstanceNormalization", "DepthToSpace",
    "SpaceToDepth"};
/// Operators with one `axis` (and its default); they keep the rank.
const std::map<std::string_view, std::int64_t> one_axis{
    {"Concat", 0}, {"Split", 0},  {"Softmax", -1},      {"LogSoftmax", -1},
    {"TopK", -1},  {"CumSum", 0}, {"GatherElements", 0}};

/// One walk over a graph in its order.
class Walk {
  public:
    Walk(const onnx::GraphProto& graph, const std::string& input, std::int64_t batch)
        : graph_(graph), view_(graph), batch_(batch) {
        rank_[input] = 4;
    }

    BatchPlan run() {
        for (int i = 0; i < graph_.node_size() && plan_.obstacle.empty(); ++i) {
            index_ = i;
            const NodeProto& node = graph_.node(i);
            if (!visit(node)) {
                plan_.obstacle = fmt::format("{} '{}'", node.op_type(), node.name());
            }
        }
        for (const auto& output : graph_.output()) {
            if (plan_.obstacle.empty() && !rank_.contains(output.name())) {
                plan_.obstacle = fmt::format("output '{}'", output.name());
            }
        }
        return std::move(plan_);
    }

  private:
    [[nodiscard]] bool batched(const std::string& value) const { return rank_.contains(value); }

    /// Notes the outputs as batched, of this rank.
    bool outputs(const NodeProto& node, std::int64_t rank) {
        if (rank < 1) return false;
        for (const auto& output : node.output()) rank_[output] = rank;
        return true;
    }

    /// Whether no axis is the batch's; `rank` is the one that negative axes count from.
    static bool spare_batch(const std::vector<std::int64_t>& axes, std::int64_t rank) {
        return std::all_of(axes.begin(), axes.end(),
                           [&](std::int64_t axis) { return (axis < 0 ? axis + rank : axis) > 0; });
    }

    bool visit(const NodeProto& node) {
        const auto any = [&](const auto& test) {
            return std::any_of(node.input().begin(), node.input().end(), test);
        };
        const std::string& op = node.op_type();
        if (op == "Gather") return gather(node);
        if (any([&](const auto& input) { return stacked_.contains(input); })) return false;
        if (!any([&](const auto& input) { return batched(input); })) return true;
        if (op == "Shape") return true;  // its reader then follows the batch by itself
        if (elementwise.contains(op)) return broadcast(node);
        if (op == "MatMul") return broadcast(node);
        if (!batched(node.input(0))) return false;
        const std::int64_t rank = rank_.at(node.input(0));
        if (per_image.contains(op)) return outputs(node, rank);
        if (const auto found = one_axis.find(op); found != one_axis.end()) {
            return along_axis(node, found->second, rank);
        }
        if (op.starts_with("Reduce") || op == "ArgMax") return reduce(node, rank);
        if (op == "Unsqueeze" || op == "Squeeze") return squeeze(node, rank);
        if (op == "Transpose") return transpose(node, rank);
        if (op == "Slice") return slice(node, rank);
        if (op == "Flatten") return flatten(node, rank);
        if (op == "Reshape") return reshape(node);
        if (op == "Expand" || op == "Tile") return expand(node, rank);
        if (op == "Resize" || op == "Upsample") return resize(node, rank);
        if (op == "Pad") return pad(node, rank);
        return false;
    }

    /// Batched inputs must agree in rank, and others may not have a batch of their own.
    bool broadcast(const NodeProto& node) {
        std::int64_t rank = 0;
        for (const auto& input : node.input()) {
            if (!batched(input)) continue;
            if (rank != 0 && rank != rank_.at(input)) return false;
            rank = rank_.at(input);
        }
        for (const auto& input : node.input()) {
            const auto* constant = view_.constant(input);
            if (constant == nullptr || batched(input)) continue;
            if (constant->dims_size() > rank) return false;
            if (constant->dims_size() == rank && constant->dims(0) > 1) return false;
        }
        return (node.op_type() != "MatMul" || rank >= 3) && outputs(node, rank);
    }

    bool along_axis(const NodeProto& node, std::int64_t fallback, std::int64_t rank) {
        std::int64_t axis = integer_attribute(node, "axis", fallback);
        if (node.op_type() == "CumSum") {
            const auto given = view_.integers(node, 1, "");
            if (!given || given->size() != 1) return false;
            axis = given->front();
        }
        if (!spare_batch({axis}, rank)) return false;
        if (node.op_type() == "Concat" || node.op_type() == "GatherElements") {
            for (const auto& input : node.input()) {
                if (!batched(input) || rank_.at(input) != rank) return false;
            }
        }
        return outputs(node, rank);
    }

    bool reduce(const NodeProto& node, std::int64_t rank) {
        const bool arg = node.op_type() == "ArgMax";
        const auto axes = arg ? std::optional(std::vector{integer_attribute(node, "axis", 0)})
                              : view_.integers(node, 1, "axes");
        if (!axes || axes->empty() || !spare_batch(*axes, rank)) return false;
        const bool keeps = integer_attribute(node, "keepdims", 1) != 0;
        return outputs(node, keeps ? rank : rank - static_cast<std::int64_t>(axes->size()));
    }

    bool squeeze(const NodeProto& node, std::int64_t rank) {
        const auto axes = view_.integers(node, 1, "axes");
        if (!axes) return false;
        const auto count = static_cast<std::int64_t>(axes->size());
        const bool more = node.op_type() == "Unsqueeze";
        if (!spare_batch(*axes, more ? rank + count : rank)) return false;
        return outputs(node, more ? rank + count : rank - count);
    }

    bool transpose(const NodeProto& node, std::int64_t rank) {
        const auto* perm = attribute(node, "perm");
        return perm != nullptr && perm->ints_size() == rank && perm->ints(0) == 0 &&
               outputs(node, rank);
    }

    bool slice(const NodeProto& node, std::int64_t rank) {
        const auto axes = view_.integers(node, 3, "axes");
        return axes && spare_batch(*axes, rank) && outputs(node, rank);
    }

    bool flatten(const NodeProto& node, std::int64_t rank) {
        const std::int64_t axis = integer_attribute(node, "axis", 1);
        if (axis == 1) return outputs(node, 2);
        // [N, rows, 1] to [N * rows, 1]: fine, if a Gather takes them apart again.
        const auto* before = view_.producer(node.input(0));
        if (axis != 2 || rank != 3 || before == nullptr || before->op_type() != "Unsqueeze") {
            return false;
        }
        const auto axes = view_.integers(*before, 1, "axes");
        if (!axes || axes->size() != 1 || (axes->front() != -1 && axes->front() != 2)) return false;
        stacked_[node.output(0)] = node.input(0);
        return true;
    }

    bool gather(const NodeProto& node) {
        if (node.input_size() != 2) return false;
        const std::string &data = node.input(0), &index = node.input(1);
        const std::int64_t axis = integer_attribute(node, "axis", 0);
        if (const auto rows = stacked_.find(data); rows != stacked_.end()) {
            // With one image the row's number in its image is its number in all.
            if (axis != 0 || batch_ != 1 || !batched(index) || rank_.at(index) != 2) return false;
            plan_.gathers.push_back({index_, rows->second});
            return outputs(node, 3);
        }
        if (stacked_.contains(index)) return false;
        if (batched(data)) {
            if (batched(index) || !spare_batch({axis}, rank_.at(data))) return false;
            const auto* constant = view_.constant(index);
            return constant != nullptr && outputs(node, rank_.at(data) - 1 + constant->dims_size());
        }
        if (!batched(index)) return true;
        const auto* table = view_.constant(data);
        return table != nullptr && axis == 0 &&
               outputs(node, rank_.at(index) + table->dims_size() - 1);
    }

    bool reshape(const NodeProto& node) {
        auto target = view_.integers(node, 1, "shape");
        if (!target) return computed_reshape(node);
        if (target->empty() || integer_attribute(node, "allowzero", 0) != 0) return false;
        if (target->front() == batch_) {
            target->front() = 0;  // as many as come in
            plan_.integers.push_back({index_, 1, *target});
        } else if (target->front() != 0) {
            return false;
        }
        return outputs(node, static_cast<std::int64_t>(target->size()));
    }

    /// A target shape put together from parts, of which the first is the batch.
    bool computed_reshape(const NodeProto& node) {
        if (node.input_size() < 2) return false;
        const auto* concat = view_.producer(node.input(1));
        if (concat == nullptr || concat->op_type() != "Concat") return false;
        const auto* first = view_.constant(concat->input(0));
        return first == nullptr && outputs(node, concat->input_size());
    }

    bool expand(const NodeProto& node, std::int64_t rank) {
        auto shape = view_.integers(node, 1, "");
        if (!shape || static_cast<std::int64_t>(shape->size()) != rank) return false;
        if (node.op_type() == "Tile") return shape->front() == 1 && outputs(node, rank);
        if (shape->front() != 1 && shape->front() != batch_) return false;
        if (shape->front() != 1) {
            shape->front() = 1;  // broadcasts with any batch
            plan_.integers.push_back({index_, 1, *shape});
        }
        return outputs(node, rank);
    }

    bool resize(const NodeProto& node, std::int64_t rank) {
        const auto sizes = view_.integers(node, 3, "");
        if (node.input_size() < 4 || node.input(3).empty()) return outputs(node, rank);
        const auto before = known_shape(node.input(0));
        if (!sizes || sizes->size() != before.size()) return false;
        std::vector<float> scales{1};
        for (std::size_t i = 1; i < before.size(); ++i) {
            if (before[i] <= 0 || (*sizes)[i] % before[i] != 0) return false;
            scales.push_back(static_cast<float>((*sizes)[i] / before[i]));
        }
        plan_.scales.push_back({index_, scales});
        return outputs(node, rank);
    }

    bool pad(const NodeProto& node, std::int64_t rank) {
        if (node.input_size() > 3) return false;
        const auto pads = view_.integers(node, 1, "pads");
        return pads && static_cast<std::int64_t>(pads->size()) == 2 * rank && pads->front() == 0 &&
               (*pads)[static_cast<std::size_t>(rank)] == 0 && outputs(node, rank);
    }

    [[nodiscard]] std::vector<std::int64_t> known_shape(const std::string& value) const {
        std::vector<std::int64_t> shape;
        for (const auto& info : graph_.value_info()) {
            if (info.name() != value) continue;
            for (const auto& dim : info.type().tensor_type().shape().dim()) {
                shape.push_back(dim.dim_value());
            }
        }
        return shape;
    }

    const onnx::GraphProto& graph_;
    GraphView view_;
    std::int64_t batch_;
    int index_ = 0;
    std::map<std::string, std::int64_t> rank_;    ///< of the values with a batch
    std::map<std::string, std::string> stacked_;  ///< [N * rows, 1] by name, and [N, rows, 1]
    BatchPlan plan_;
};

}  // namespace

BatchPlan plan_batch(const onnx::GraphProto& graph, const std::string& input, std::int64_t batch) {
    return Walk(graph, input, batch).run();
}

}  // namespace saccade::model
