#include "model/raw_head.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/head_match.h"
#include "model/onnx_access.h"

namespace saccade::model {
namespace {

/// Whether a node holds graphs of its own, whose reads a GraphView doesn't see.
bool has_subgraphs(const onnx::GraphProto& graph) {
    return std::any_of(graph.node().begin(), graph.node().end(), [](const onnx::NodeProto& node) {
        return std::any_of(node.attribute().begin(), node.attribute().end(),
                           [](const auto& a) { return a.has_g() || a.graphs_size() > 0; });
    });
}

template <typename List, typename Keep>
void keep_if(List& list, const Keep& keep) {
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const auto& element) { return !keep(element); }),
               list.end());
}

/// Removes what no output needs.
void drop_dead(onnx::GraphProto& graph) {
    std::set<std::string> needed;
    for (const auto& output : graph.output()) needed.insert(output.name());
    const auto is_needed = [&](const auto& node) {
        return std::any_of(node.output().begin(), node.output().end(),
                           [&](const std::string& output) { return needed.contains(output); });
    };
    for (int i = graph.node_size() - 1; i >= 0; --i) {
        const auto& node = graph.node(i);
        if (is_needed(node)) needed.insert(node.input().begin(), node.input().end());
    }
    keep_if(*graph.mutable_node(), is_needed);
    // Older files list their initializers among the inputs too.
    const auto named = [&](const auto& value) { return needed.contains(value.name()); };
    std::set<std::string> dead;
    for (const auto& tensor : graph.initializer()) {
        if (!named(tensor)) dead.insert(tensor.name());
    }
    keep_if(*graph.mutable_input(),
            [&](const auto& input) { return !dead.contains(input.name()); });
    keep_if(*graph.mutable_initializer(), named);
    keep_if(*graph.mutable_value_info(), named);
}

void rename(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    for (auto& node : *graph.mutable_node()) {
        for (auto& input : *node.mutable_input()) {
            if (input == from) input = to;
        }
        for (auto& output : *node.mutable_output()) {
            if (output == from) output = to;
        }
    }
}

}  // namespace

Result<bool> cut_to_raw_head(OnnxModel& model, ModelSpec& spec) {
    if (spec.family != Family::yolov8) return false;
    const onnx::GraphProto& before = OnnxModel::Access::proto(model).graph();
    if (has_subgraphs(before)) return false;
    const auto match = match_head(before, spec, model.opset());
    if (!match || before.output(0).name() != spec.output_name) return false;

    onnx::ModelProto proto = OnnxModel::Access::proto(model);
    onnx::GraphProto& graph = *proto.mutable_graph();
    auto& nodes = *graph.mutable_node();
    const auto last = std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) {
        return node.output_size() == 1 && node.output(0) == spec.output_name;
    });
    if (match->both.empty()) {
        last->set_input(0, match->distribution);
        last->set_input(1, match->classes);
    } else {
        nodes.erase(last);
        rename(graph, match->both, spec.output_name);
    }
    drop_dead(graph);
    auto* tensor = graph.mutable_output(0)->mutable_type()->mutable_tensor_type();
    if (tensor->has_shape() && tensor->shape().dim_size() == 3) {
        tensor->mutable_shape()->mutable_dim(1)->set_dim_value(
            4 * match->reg_max + static_cast<std::int64_t>(spec.class_names.size()));
    }
    auto changed = OnnxModel::Access::adopt(std::move(proto), model.name());
    if (!changed) return fail(changed.error());
    model = std::move(*changed);
    spec.reg_max = static_cast<int>(match->reg_max);
    return true;
}

}  // namespace saccade::model
