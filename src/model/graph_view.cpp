#include "model/graph_view.h"

#include <algorithm>
#include <string>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

/// Operators whose output has the channels of their first input.
bool keeps_channels(std::string_view op) {
    for (const std::string_view name :
         {"Sigmoid", "Relu", "LeakyRelu", "Clip", "Identity", "Softmax", "Cast", "MaxPool",
          "AveragePool", "BatchNormalization", "HardSigmoid", "HardSwish", "Exp", "Resize"}) {
        if (op == name) return true;
    }
    return false;
}

bool is_arithmetic(std::string_view op) {
    return op == "Mul" || op == "Add" || op == "Sub" || op == "Div" || op == "Pow";
}

std::int64_t trace(const GraphView& graph, std::string_view value, int& steps);

std::int64_t traced_concat(const GraphView& graph, const onnx::NodeProto& node, int& steps) {
    const std::int64_t axis = integer_attribute(node, "axis", 0);
    if (axis != 1) return node.input_size() > 0 ? trace(graph, node.input(0), steps) : 0;
    std::int64_t total = 0;
    for (const auto& input : node.input()) {
        const std::int64_t channels = trace(graph, input, steps);
        if (channels <= 0) return 0;
        total += channels;
    }
    return total;
}

std::int64_t traced_reshape(const GraphView& graph, const onnx::NodeProto& node, int& steps) {
    if (node.input_size() < 2) return 0;
    std::vector<std::int64_t> target;
    if (const auto* shape = graph.constant(node.input(1)); shape != nullptr) {
        if (!read_integers(*shape, target) || target.size() < 2) return 0;
        if (target[1] > 0) return target[1];
        return target[1] == 0 ? trace(graph, node.input(0), steps) : 0;
    }
    // A target put together at run time from parts: its second part, where that is constant.
    const auto* concat = graph.producer(node.input(1));
    if (concat == nullptr || concat->op_type() != "Concat" || concat->input_size() < 2) return 0;
    const auto* second = graph.constant(concat->input(1));
    if (second == nullptr || !read_integers(*second, target) || target.size() != 1) return 0;
    return target[0] > 0 ? target[0] : 0;
}

std::int64_t trace(const GraphView& graph, std::string_view value, int& steps) {
    if (--steps < 0) return 0;
    if (const auto* constant = graph.constant(value); constant != nullptr) {
        return constant->dims_size() >= 2 ? constant->dims(1) : 0;
    }
    const auto* node = graph.producer(value);
    if (node == nullptr || node->input_size() == 0) return 0;
    const std::string& op = node->op_type();
    if (op == "Conv" && node->input_size() >= 2) {
        const auto* weights = graph.constant(node->input(1));
        return weights != nullptr && weights->dims_size() > 0 ? weights->dims(0) : 0;
    }
    if (op == "Concat") return traced_concat(graph, *node, steps);
    if (op == "Reshape") return traced_reshape(graph, *node, steps);
    if (keeps_channels(op)) return trace(graph, node->input(0), steps);
    if (is_arithmetic(op)) {
        for (const auto& input : node->input()) {
            if (graph.constant(input) == nullptr) return trace(graph, input, steps);
        }
    }
    return 0;
}

}  // namespace

GraphView::GraphView(const onnx::GraphProto& graph) {
    for (const auto& tensor : graph.initializer()) constants_[tensor.name()] = &tensor;
    for (const auto& node : graph.node()) {
        for (const auto& output : node.output()) producers_[output] = &node;
        for (const auto& input : node.input()) consumers_[input].push_back(&node);
        if (node.op_type() != "Constant" || node.output_size() == 0) continue;
        if (const auto* value = attribute(node, "value"); value != nullptr && value->has_t()) {
            constants_[node.output(0)] = &value->t();
        }
    }
}

const onnx::NodeProto* GraphView::producer(std::string_view value) const {
    const auto found = producers_.find(value);
    return found == producers_.end() ? nullptr : found->second;
}

const onnx::TensorProto* GraphView::constant(std::string_view value) const {
    const auto found = constants_.find(value);
    return found == constants_.end() ? nullptr : found->second;
}

std::string GraphView::behind(std::string value,
                              std::initializer_list<std::string_view> ops) const {
    for (int steps = 0; steps < 8; ++steps) {
        const onnx::NodeProto* node = producer(value);
        if (node == nullptr || node->input_size() == 0 ||
            std::find(ops.begin(), ops.end(), node->op_type()) == ops.end()) {
            break;
        }
        value = node->input(0);
    }
    return value;
}

std::optional<std::vector<std::int64_t>> GraphView::integers(const onnx::NodeProto& node, int input,
                                                             std::string_view name) const {
    std::vector<std::int64_t> values;
    if (input < node.input_size() && !node.input(input).empty()) {
        const auto* tensor = constant(node.input(input));
        if (tensor == nullptr || !read_integers(*tensor, values)) return std::nullopt;
        return values;
    }
    const auto* list = attribute(node, name);
    if (list == nullptr) return std::nullopt;
    return std::vector<std::int64_t>(list->ints().begin(), list->ints().end());
}

const std::vector<const onnx::NodeProto*>& GraphView::consumers(std::string_view value) const {
    static const std::vector<const onnx::NodeProto*> none;
    const auto found = consumers_.find(value);
    return found == consumers_.end() ? none : found->second;
}

std::int64_t trace_channels(const GraphView& graph, std::string_view value) {
    int steps = 1000;  // bounds the walk, also where paths part and meet again and again
    return trace(graph, value, steps);
}

}  // namespace saccade::model
