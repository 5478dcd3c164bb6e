#include "model/make_dynamic.h"

#include <fmt/format.h>

#include <utility>

#include "model/batch_rules.h"
#include "model/onnx_access.h"
#include "model/size_rules.h"

namespace saccade::model {
namespace {

using onnx::TensorProto;

/// Adds constants under names that the graph doesn't have yet.
class Constants {
  public:
    explicit Constants(onnx::GraphProto& graph) : graph_(graph) {}

    std::string integers(const std::vector<std::int64_t>& values) {
        TensorProto& tensor = add();
        write_integers(tensor, values);
        return tensor.name();
    }

    std::string floats(const std::vector<float>& values) {
        TensorProto& tensor = add();
        tensor.set_data_type(TensorProto::FLOAT);
        tensor.add_dims(static_cast<std::int64_t>(values.size()));
        tensor.set_raw_data(values.data(), values.size() * sizeof(float));
        return tensor.name();
    }

  private:
    TensorProto& add() {
        TensorProto& tensor = *graph_.add_initializer();
        tensor.set_name(fmt::format("saccade_dynamic_{}", next_++));
        return tensor;
    }

    onnx::GraphProto& graph_;
    int next_ = 0;
};

void set_input(onnx::NodeProto& node, int index, const std::string& value) {
    while (node.input_size() <= index) node.add_input("");
    node.set_input(index, value);
}

/// rows [N,R,1], index [N,K] -> [N,K,1], image by image.
void rewrite_gather(onnx::GraphProto& graph, const GatherEdit& edit, std::int64_t opset,
                    Constants& constants) {
    onnx::NodeProto& gather = *graph.mutable_node(edit.node);
    const std::string column = gather.output(0) + "_saccade_index";
    onnx::NodeProto unsqueeze;
    unsqueeze.set_op_type("Unsqueeze");
    unsqueeze.set_name(column);
    unsqueeze.add_input(gather.input(1));
    unsqueeze.add_output(column);
    if (opset >= 13) {
        unsqueeze.add_input(constants.integers({2}));
    } else {
        auto* axes = unsqueeze.add_attribute();
        axes->set_name("axes");
        axes->set_type(onnx::AttributeProto::INTS);
        axes->add_ints(2);
    }
    gather.set_op_type("GatherElements");
    gather.set_input(0, edit.rows);
    gather.set_input(1, column);
    gather.clear_attribute();
    auto* axis = gather.add_attribute();
    axis->set_name("axis");
    axis->set_type(onnx::AttributeProto::INT);
    axis->set_i(1);
    // In graph order the new node stands before its reader.
    *graph.add_node() = std::move(unsqueeze);
    for (int i = graph.node_size() - 1; i > edit.node; --i) {
        graph.mutable_node()->SwapElements(i, i - 1);
    }
}

void apply(onnx::ModelProto& proto, const BatchPlan& plan, std::int64_t opset) {
    onnx::GraphProto& graph = *proto.mutable_graph();
    Constants constants(graph);
    for (const IntegerEdit& edit : plan.integers) {
        set_input(*graph.mutable_node(edit.node), edit.input, constants.integers(edit.values));
    }
    for (const ScaleEdit& edit : plan.scales) {
        onnx::NodeProto& node = *graph.mutable_node(edit.node);
        set_input(node, 2, constants.floats(edit.scales));
        node.mutable_input()->RemoveLast();
    }
    // Last to first: each one moves the nodes behind it.
    for (auto edit = plan.gathers.rbegin(); edit != plan.gathers.rend(); ++edit) {
        rewrite_gather(graph, *edit, opset, constants);
    }
}

onnx::TensorShapeProto* shape_of(onnx::ValueInfoProto& value) {
    return value.mutable_type()->mutable_tensor_type()->mutable_shape();
}

onnx::ValueInfoProto* find(onnx::GraphProto& graph, const std::string& input) {
    for (auto& value : *graph.mutable_input()) {
        if (value.name() == input) return &value;
    }
    return nullptr;
}

void free_dim(onnx::TensorShapeProto& shape, int dim, const std::string& name) {
    if (dim < shape.dim_size()) shape.mutable_dim(dim)->set_dim_param(name);
}

void free_batch(onnx::GraphProto& graph, onnx::ValueInfoProto& input) {
    free_dim(*shape_of(input), 0, "batch");
    for (auto& output : *graph.mutable_output()) {
        if (output.type().tensor_type().has_shape()) free_dim(*shape_of(output), 0, "batch");
    }
}

void free_size(onnx::GraphProto& graph, onnx::ValueInfoProto& input, const ModelSpec& spec) {
    free_dim(*shape_of(input), 2, "height");
    free_dim(*shape_of(input), 3, "width");
    for (auto& output : *graph.mutable_output()) {
        if (!output.type().tensor_type().has_shape()) continue;
        auto& shape = *shape_of(output);
        const int classes_dim = spec.layout == HeadLayout::channels_first ? 1 : 2;
        for (int dim = 1; dim < shape.dim_size(); ++dim) {
            if (output.name() == spec.output_name && dim == classes_dim) continue;
            free_dim(shape, dim, output.name() + "_dim_" + std::to_string(dim));
        }
    }
}

}  // namespace

DynamicModel make_dynamic(const OnnxModel& model, const ModelSpec& spec) {
    DynamicModel result{model, spec.batch == 0, spec.dynamic_size, {}};
    if (result.dynamic_batch && result.dynamic_size) return result;

    onnx::ModelProto proto = OnnxModel::Access::proto(model);
    onnx::GraphProto& graph = *proto.mutable_graph();
    onnx::ValueInfoProto* input = find(graph, spec.input_name);
    if (input == nullptr || shape_of(*input)->dim_size() != 4) return result;
    const auto kept = [&](const std::string& what, const std::string& obstacle) {
        if (!result.kept.empty()) result.kept += "; ";
        result.kept += fmt::format("{} tied by {}", what, obstacle);
    };
    if (!result.dynamic_size) {
        const std::string obstacle = size_obstacle(graph, spec.input_name);
        result.dynamic_size = obstacle.empty();
        if (obstacle.empty())
            free_size(graph, *input, spec);
        else
            kept("size", obstacle);
    }
    if (!result.dynamic_batch) {
        const BatchPlan plan = plan_batch(graph, spec.input_name, spec.batch);
        result.dynamic_batch = plan.obstacle.empty();
        if (plan.obstacle.empty()) {
            apply(proto, plan, model.opset());
            free_batch(graph, *input);
        } else {
            kept("batch", plan.obstacle);
        }
    }
    graph.clear_value_info();  // inner shapes as they were
    auto changed = OnnxModel::Access::adopt(std::move(proto), model.name());
    if (!changed) return {model, spec.batch == 0, spec.dynamic_size, changed.error().message};
    result.model = std::move(*changed);
    return result;
}

ModelSpec freed_spec(ModelSpec spec, const DynamicModel& freed) {
    if (freed.dynamic_batch) spec.batch = 0;
    spec.dynamic_size = freed.dynamic_size;
    return spec;
}

}  // namespace saccade::model
