#include "model/quantize/raise_opset.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

constexpr int wanted = 13;

/// The attribute as a constant input at the end, as set 13 has it.
void attribute_to_input(onnx::GraphProto& graph, onnx::NodeProto& node, const char* key) {
    const auto* list = attribute(node, key);
    if (list == nullptr) return;
    auto& tensor = *graph.add_initializer();
    tensor.set_name(node.output(0) + "." + key);
    write_integers(tensor, {list->ints().begin(), list->ints().end()});
    while (node.input_size() < 1) node.add_input("");
    node.add_input(tensor.name());
    auto& all = *node.mutable_attribute();
    all.erase(
        std::remove_if(all.begin(), all.end(), [&](const auto& a) { return a.name() == key; }),
        all.end());
}

}  // namespace

Result<void> raise_opset(onnx::ModelProto& proto, const std::string& name) {
    const auto refuse = [&](const std::string& why) {
        return fail(ErrorCode::unsupported, fmt::format("{}: {}", name, why),
                    "export the model with opset 13 or later");
    };
    for (auto& set : *proto.mutable_opset_import()) {
        if (!set.domain().empty() && set.domain() != "ai.onnx") continue;
        if (set.version() >= wanted) return {};
        if (set.version() < 11) {
            return refuse(fmt::format("INT8 can't be written in operator set {}", set.version()));
        }
        for (auto& node : *proto.mutable_graph()->mutable_node()) {
            const std::string& op = node.op_type();
            if (op == "Squeeze" || op == "Unsqueeze" || op == "ReduceSum") {
                attribute_to_input(*proto.mutable_graph(), node, "axes");
            } else if (op == "Split") {
                attribute_to_input(*proto.mutable_graph(), node, "split");
            } else if (op == "Softmax" || op == "LogSoftmax" || op == "Hardmax") {
                // Before 13 it ran over all dimensions from the axis on.
                if (integer_attribute(node, "axis", 1) != -1) {
                    return refuse(fmt::format("the {} '{}' means something else in operator set 13",
                                              op, node.name()));
                }
            }
        }
        set.set_version(wanted);
        if (proto.ir_version() < 7) proto.set_ir_version(7);
        return {};
    }
    return refuse("it names no operator set");
}

}  // namespace saccade::model
