#include "model/size_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "model/graph_view.h"
#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;

/// Of one input, or of several values of equal shape, or broadcasting.
const std::set<std::string_view> elementwise{
    "Add",  "Cast", "Clip", "Div",   "Exp",  "HardSigmoid", "HardSwish", "Identity", "LeakyRelu",
    "Mish", "Mul",  "Pow",  "PRelu", "Relu", "Sigmoid",     "Softplus",  "Sub",      "Tanh"};
const std::set<std::string_view> local{"Conv",          "ConvTranspose",      "MaxPool",
                                       "AveragePool",   "BatchNormalization", "GlobalAveragePool",
                                       "GlobalMaxPool", "DepthToSpace",       "SpaceToDepth"};

/// How a value depends on the picture's size.
enum class Layout {
    map,         ///< [N, C, H, W]
    flat,        ///< [N, C, cells]
    transposed,  ///< [N, cells, C]: only handed out
};

class Walk {
  public:
    Walk(const onnx::GraphProto& graph, const std::string& input) : graph_(graph), view_(graph) {
        layouts_[input] = Layout::map;
    }

    std::string run() {
        for (const NodeProto& node : graph_.node()) {
            const auto first = std::find_if(node.input().begin(), node.input().end(),
                                            [&](const auto& in) { return layouts_.contains(in); });
            if (first == node.input().end()) continue;
            Layout layout = layouts_.at(*first);
            if (!visit(node, layout)) {
                return fmt::format("{} '{}'", node.op_type(), node.name());
            }
            for (const auto& output : node.output()) layouts_[output] = layout;
        }
        return {};
    }

  private:
    /// Whether the node is free of the size; `layout` becomes its outputs'.
    bool visit(const NodeProto& node, Layout& layout) {
        const std::string& op = node.op_type();
        if (layout == Layout::transposed) return op == "Identity";
        if (elementwise.contains(op)) return agree(node, layout);
        if (local.contains(op)) return layout == Layout::map;
        if (op == "Concat") return agree(node, layout) && concat_axis(node, layout);
        if (op == "Split") return integer_attribute(node, "axis", 0) == 1;
        if (op == "Slice") return slice(node);
        if (op == "Resize") return node.input_size() < 4 || node.input(3).empty();
        if (op == "Reshape") return reshape(node, layout);
        if (op == "Transpose") return transpose(node, layout);
        return false;
    }

    /// Other inputs are of the same layout, or constants that vary by channel at most.
    bool agree(const NodeProto& node, Layout layout) const {
        return std::all_of(node.input().begin(), node.input().end(), [&](const auto& input) {
            if (input.empty()) return true;
            if (const auto found = layouts_.find(input); found != layouts_.end()) {
                return found->second == layout;
            }
            const auto* constant = view_.constant(input);
            if (constant == nullptr || node.op_type() == "Concat") return false;
            const int rank = layout == Layout::map ? 4 : 3;
            const int dims = constant->dims_size();
            for (int i = 0; i < dims; ++i) {
                const bool channel = rank - dims + i == 1;
                if (constant->dims(i) != 1 && !channel) return false;
            }
            return dims <= rank;
        });
    }

    static bool concat_axis(const NodeProto& node, Layout layout) {
        const std::int64_t axis = integer_attribute(node, "axis", 0);
        // Maps along their channels; flat values along channels or cells.
        return axis == 1 || (layout == Layout::flat && (axis == 2 || axis == -1));
    }

    /// Along the channels anything, along height and width only from a fixed start to the end.
    bool slice(const NodeProto& node) const {
        std::vector<std::int64_t> starts, ends, axes;
        if (!constant_integers(node, 1, starts) || !constant_integers(node, 2, ends) ||
            !constant_integers(node, 3, axes) || starts.size() != axes.size() ||
            ends.size() != axes.size()) {
            return false;
        }
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const bool to_the_end = ends[i] >= std::numeric_limits<std::int32_t>::max();
            if (axes[i] != 1 && !(axes[i] > 1 && starts[i] >= 0 && to_the_end)) return false;
        }
        return true;
    }

    /// [N, C, H, W] to [N, C, cells], which -1 stands for.
    bool reshape(const NodeProto& node, Layout& layout) const {
        std::vector<std::int64_t> target;
        if (layout != Layout::map || !constant_integers(node, 1, target)) return false;
        if (target.size() != 3 || target[2] != -1) return false;
        if (target[1] != 0 && target[1] != trace_channels(view_, node.input(0))) return false;
        layout = Layout::flat;
        return true;
    }

    static bool transpose(const NodeProto& node, Layout& layout) {
        const auto* perm = attribute(node, "perm");
        if (layout != Layout::flat || perm == nullptr || perm->ints_size() != 3) return false;
        if (perm->ints(0) != 0 || perm->ints(1) != 2) return false;
        layout = Layout::transposed;
        return true;
    }

    bool constant_integers(const NodeProto& node, int input,
                           std::vector<std::int64_t>& values) const {
        if (input >= node.input_size()) return false;
        const auto* constant = view_.constant(node.input(input));
        return constant != nullptr && read_integers(*constant, values);
    }

    const onnx::GraphProto& graph_;
    GraphView view_;
    std::map<std::string, Layout> layouts_;
};

}  // namespace

std::string size_obstacle(const onnx::GraphProto& graph, const std::string& input) {
    return Walk(graph, input).run();
}

}  // namespace saccade::model
