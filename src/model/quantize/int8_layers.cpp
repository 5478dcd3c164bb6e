#include "model/quantize/int8_layers.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "model/graph_view.h"
#include "model/onnx_access.h"
#include "model/value_types.h"

namespace saccade::model {
namespace {

using onnx::GraphProto;
using onnx::NodeProto;
using onnx::TensorProto;

/// The mean of a distribution, which a convolution over a softmax takes: a fixed sum, no layer.
bool is_expectation(const GraphView& view, const NodeProto& conv) {
    const auto* before = view.producer(conv.input(0));
    while (before != nullptr && before->input_size() > 0 &&
           (before->op_type() == "Transpose" || before->op_type() == "Reshape")) {
        before = view.producer(before->input(0));
    }
    return before != nullptr && before->op_type() == "Softmax";
}

bool is_layer(const GraphView& view, const NodeProto& node) {
    static const std::unordered_set<std::string_view> ops{"Conv", "ConvTranspose", "Gemm",
                                                          "MatMul"};
    if (!ops.contains(node.op_type())) return false;
    return node.op_type() != "Conv" || !is_expectation(view, node);
}

/// All nodes from the outputs back to the last layers, these included.
std::unordered_set<const NodeProto*> tail(const GraphProto& graph, const GraphView& view) {
    std::unordered_set<const NodeProto*> found;
    std::vector<const NodeProto*> open;
    const auto reach = [&](const std::string& value) {
        const auto* node = view.producer(value);
        // Sizes are read of a value, not the value.
        if (node == nullptr || node->op_type() == "Shape" || node->op_type() == "Size") return;
        if (found.insert(node).second && !is_layer(view, *node)) {
            open.push_back(node);
        }
    };
    for (const auto& output : graph.output()) reach(output.name());
    while (!open.empty()) {
        const NodeProto* node = open.back();
        open.pop_back();
        for (const auto& input : node->input()) reach(input);
    }
    return found;
}

/// Operators that hand numbers on as they are, so that they run in INT8 where both sides have one
/// scale. How many of their inputs are data.
int passed_inputs(const NodeProto& node) {
    const std::string& op = node.op_type();
    if (op == "Concat") return node.input_size();
    if (op == "MaxPool" && node.output_size() == 1) return 1;
    if (op == "Split") return 1;
    if (op == "Resize") {
        const auto* mode = attribute(node, "mode");
        return mode == nullptr || mode->s() == "nearest" ? 1 : 0;
    }
    return 0;
}

class Placer {
  public:
    Placer(const GraphProto& graph, const std::vector<Int8Layer>& layers)
        : graph_(graph), view_(graph), types_(value_types(graph)) {
        for (const auto& layer : layers) made_.insert(layer.output);
        for (int i = 0; i < graph.node_size(); ++i) {
            for (const auto& output : graph.node(i).output()) producer_[output] = i;
        }
    }

    Int8Placement place(const std::vector<Int8Layer>& layers, Int8Shape shape) {
        for (const auto& layer : layers) read(layer.node, 0);
        if (shape == Int8Shape::tensorrt) {
            for (int i = 0; i < graph_.node_size(); ++i) residual(i);
            pass_on();
        }
        for (const auto& tensor : placement_.tensors) placement_.shared[tensor] = root(tensor);
        return std::move(placement_);
    }

  private:
    void read(int node, int input) {
        placement_.edges.insert({node, input});
        const std::string& tensor = graph_.node(node).input(input);
        if (placement_.tensors.insert(tensor).second) open_.push_back(tensor);
    }

    [[nodiscard]] bool is_float_value(const std::string& value) const {
        const auto type = types_.find(value);
        return type != types_.end() && type->second == TensorProto::FLOAT &&
               view_.constant(value) == nullptr;
    }

    /// Whether the value is a quantised layer's output, with or without an activation function,
    /// that nobody else reads.
    [[nodiscard]] bool is_fresh(const std::string& value) const {
        if (made_.contains(value)) return view_.consumers(value).size() == 1;
        if (view_.consumers(value).size() != 1) return false;
        const auto* node = view_.producer(value);
        if (node == nullptr || node->input_size() == 0) return false;
        if (node->op_type() == "Relu" || node->op_type() == "LeakyRelu" ||
            node->op_type() == "Clip" || node->op_type() == "HardSwish") {
            return made_.contains(node->input(0));
        }
        return node->op_type() == "Mul" &&
               std::any_of(node->input().begin(), node->input().end(),
                           [&](const auto& in) { return made_.contains(in); });
    }

    /// The adder of conv + x reads x in INT8, so that the convolution can write the sum so.
    void residual(int index) {
        const NodeProto& node = graph_.node(index);
        if (node.op_type() != "Add" || node.input_size() != 2) return;
        if (!is_float_value(node.input(0)) || !is_float_value(node.input(1))) return;
        const bool first = is_fresh(node.input(0)), second = is_fresh(node.input(1));
        if (first == second) return;  // no residual, or none that is the other one
        read(index, first ? 1 : 0);
    }

    void pass_on() {
        while (!open_.empty()) {
            const std::string tensor = open_.back();
            open_.pop_back();
            const auto maker = producer_.find(tensor);
            if (maker == producer_.end()) continue;
            const NodeProto& node = graph_.node(maker->second);
            const int inputs = passed_inputs(node);
            for (int i = 0; i < inputs; ++i) {
                if (!is_float_value(node.input(i))) continue;
                read(maker->second, i);
                unite(node.input(i), tensor);
            }
        }
    }

    const std::string& root(const std::string& tensor) {
        auto found = parent_.find(tensor);
        if (found == parent_.end()) return parent_.emplace(tensor, tensor).first->second;
        if (found->second == tensor) return found->second;
        const std::string top = root(found->second);
        return parent_[tensor] = top;
    }
    void unite(const std::string& a, const std::string& b) {
        const std::string x = root(a), y = root(b);
        if (x != y) parent_[std::max(x, y)] = std::min(x, y);
    }

    const GraphProto& graph_;
    GraphView view_;
    ValueTypes types_;
    std::unordered_set<std::string> made_;  ///< outputs of the layers
    std::map<std::string, int> producer_;
    Int8Placement placement_;
    std::vector<std::string> open_;
    std::map<std::string, std::string> parent_;
};

}  // namespace

std::vector<Int8Layer> int8_layers(const GraphProto& graph) {
    const GraphView view(graph);
    const ValueTypes types = value_types(graph);
    const auto last = tail(graph, view);
    std::vector<Int8Layer> layers;
    for (int i = 0; i < graph.node_size(); ++i) {
        const NodeProto& node = graph.node(i);
        if (node.op_type() != "Conv" || node.input_size() < 2 || node.output_size() != 1) continue;
        const auto* weights = view.constant(node.input(1));
        if (weights == nullptr || weights->data_type() != TensorProto::FLOAT ||
            weights->dims_size() != 4 || weights->dims(0) < 1) {
            continue;
        }
        const auto type = types.find(node.input(0));
        if (type == types.end() || type->second != TensorProto::FLOAT || last.contains(&node)) {
            continue;
        }
        layers.push_back({i, node.input(0), node.input(1), node.output(0)});
    }
    return layers;
}

Int8Placement int8_placement(const GraphProto& graph, const std::vector<Int8Layer>& layers,
                             Int8Shape shape) {
    return Placer(graph, layers).place(layers, shape);
}

}  // namespace saccade::model
