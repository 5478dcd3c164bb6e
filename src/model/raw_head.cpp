#include "model/raw_head.h"

#include <algorithm>
#include <utility>

#include "model/graph_edit.h"
#include "model/head_match.h"
#include "model/onnx_access.h"

namespace saccade::model {

Result<bool> cut_to_raw_head(OnnxModel& model, ModelSpec& spec) {
    if (spec.layout != HeadLayout::channels_first) return false;
    const onnx::GraphProto& before = OnnxModel::Access::proto(model).graph();
    if (has_subgraphs(before)) return false;
    const auto match = match_head(before, spec, model.opset());
    if (!match || before.output(0).name() != spec.output_name) return false;

    onnx::ModelProto proto = OnnxModel::Access::proto(model);
    onnx::GraphProto& graph = *proto.mutable_graph();
    auto& nodes = *graph.mutable_node();
    const auto last = std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) {
        return node.output_size() == 1 && node.output(0) == match->decoded;
    });
    if (match->both.empty()) {
        last->set_input(0, match->distribution);
        last->set_input(1, match->classes);
    } else {
        nodes.erase(last);
        if (match->decoded == spec.output_name) {
            rename(graph, match->both, spec.output_name);
        } else {
            for (auto& node : nodes) {
                for (auto& input : *node.mutable_input()) {
                    if (input == match->decoded) input = match->both;
                }
            }
        }
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
