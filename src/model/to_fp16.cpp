#include "model/to_fp16.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/graph_view.h"
#include "model/half.h"
#include "model/onnx_access.h"
#include "model/value_types.h"

namespace saccade::model {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::NodeProto;
using onnx::TensorProto;
using Names = std::unordered_set<std::string_view>;

/// Weights up to this many elements make a convolution a fixed sum (the integral over a
/// distribution of box distances), through which coordinates pass; with more it is a layer.
constexpr std::int64_t fixed_sum_elements = 256;

/// Least magnitude of a constant that a half still tells from 0 with a few bits.
constexpr float half_least_useful = 0x1p-20F;

bool fragile(const NodeProto& node) {
    static const Names ops{"Exp",
                           "Log",
                           "Pow",
                           "Range",
                           "CumSum",
                           "ReduceSumSquare",
                           "ReduceL2",
                           "ReduceLogSum",
                           "ReduceLogSumExp",
                           "ReduceProd",
                           "LpNormalization",
                           "NonMaxSuppression",
                           "BatchNormalization",
                           "InstanceNormalization",
                           "LayerNormalization",
                           "GroupNormalization",
                           "DynamicQuantizeLinear",
                           "EyeLike",
                           "RandomNormal",
                           "RandomUniform",
                           "RandomNormalLike",
                           "RandomUniformLike",
                           "Multinomial",
                           "RoiAlign"};
    return ops.contains(node.op_type());
}

/// Inputs that ONNX defines as FP32 whatever the node's type is: scales and regions.
bool single_input(const NodeProto& node, int input) {
    return node.op_type() == "Resize" && (input == 1 || input == 2);
}

Result<void> check_convertible(const OnnxModel& model, const onnx::ModelProto& proto) {
    const auto refuse = [&](const std::string& what) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: has {}, so it can't be written in FP16", model.name(), what),
                    "use --precision fp32");
    };
    if (proto.functions_size() > 0) return refuse("functions of its own");
    for (const NodeProto& node : proto.graph().node()) {
        if (!node.domain().empty() && node.domain() != "ai.onnx") {
            return refuse(fmt::format("operator {}.{}", node.domain(), node.op_type()));
        }
        for (const AttributeProto& a : node.attribute()) {
            if (a.has_g() || a.graphs_size() > 0) return refuse("a subgraph in " + node.op_type());
        }
    }
    return {};
}

/// Constant nodes of FP32 become initializers, which are all that later steps look at.
void lift_constants(GraphProto& graph) {
    auto* nodes = graph.mutable_node();
    for (NodeProto& node : *nodes) {
        if (node.op_type() != "Constant") continue;
        TensorProto tensor;
        if (const auto* value = attribute(node, "value")) {
            if (value->t().data_type() != TensorProto::FLOAT) continue;
            tensor = value->t();
        } else if (const auto* one = attribute(node, "value_float")) {
            tensor.set_data_type(TensorProto::FLOAT);
            tensor.add_float_data(one->f());
        } else if (const auto* many = attribute(node, "value_floats")) {
            tensor.set_data_type(TensorProto::FLOAT);
            tensor.add_dims(many->floats_size());
            for (const float x : many->floats()) tensor.add_float_data(x);
        } else {
            continue;
        }
        tensor.set_name(node.output(0));
        *graph.add_initializer() = std::move(tensor);
        node.clear_op_type();  // marks it
    }
    nodes->erase(std::remove_if(nodes->begin(), nodes->end(),
                                [](const NodeProto& node) { return node.op_type().empty(); }),
                 nodes->end());
}

bool out_of_range(const TensorProto& tensor) {
    std::vector<float> values;
    if (tensor.data_type() != TensorProto::FLOAT || !read_floats(tensor, values)) return false;
    // A weight that underflows among others is no loss; a small number that stands alone is.
    return std::any_of(values.begin(), values.end(), [&](float x) {
        return (std::isfinite(x) && std::fabs(x) > half_max) ||
               (values.size() == 1 && x != 0 && std::fabs(x) < half_least_useful);
    });
}

/// The nodes that stay in FP32.
class Keep {
  public:
    Keep(const GraphProto& graph, const ValueTypes& types, int single_layers)
        : view_(graph), types_(types) {
        for (const NodeProto& node : graph.node()) {
            const bool range =
                std::any_of(node.input().begin(), node.input().end(), [&](const auto& in) {
                    const TensorProto* constant = view_.constant(in);
                    return constant != nullptr && out_of_range(*constant);
                });
            if (fragile(node) || range) kept_.insert(&node);
        }
        for (const auto& output : graph.output()) {
            if (const NodeProto* node = view_.producer(output.name())) {
                if (is_single(output.name())) keep_tail(*node, single_layers);
            }
        }
    }
    [[nodiscard]] bool contains(const NodeProto& node) const { return kept_.contains(&node); }

  private:
    [[nodiscard]] bool is_single(const std::string& value) const {
        const auto found = types_.find(value);
        return found != types_.end() && found->second == TensorProto::FLOAT;
    }

    /// Whether its values lie in 0..1.
    [[nodiscard]] static bool bounded(const NodeProto& node) {
        static const Names ops{"Sigmoid", "Softmax", "HardSigmoid"};
        return ops.contains(node.op_type());
    }

    [[nodiscard]] bool layer(const NodeProto& node) const {
        static const Names layers{"Conv", "ConvTranspose", "Gemm", "MatMul"};
        if (!layers.contains(node.op_type())) return false;
        const TensorProto* weights =
            node.input_size() > 1 ? view_.constant(node.input(1)) : nullptr;
        if (weights == nullptr) return true;
        std::int64_t elements = 1;
        for (const auto dim : weights->dims()) elements *= dim;
        return elements > fixed_sum_elements;
    }

    /// What is reached backwards from `last` through up to so many layers. Without any more to go,
    /// a function whose values lie in 0..1 ends it too.
    void keep_tail(const NodeProto& last, int layers) {
        std::vector<std::pair<const NodeProto*, int>> open{{&last, layers}};
        std::unordered_map<const NodeProto*, int> seen{{&last, layers}};  // layers left, at most
        while (!open.empty()) {
            const auto [node, left] = open.back();
            open.pop_back();
            kept_.insert(node);
            for (const std::string& input : node->input()) {
                const NodeProto* before = is_single(input) ? view_.producer(input) : nullptr;
                if (before == nullptr) continue;
                if (left == 0 && (layer(*before) || bounded(*before))) continue;
                const int further = layer(*before) ? left - 1 : left;
                const auto [found, added] = seen.try_emplace(before, further);
                if (!added && found->second >= further) continue;
                found->second = further;
                open.emplace_back(before, further);
            }
        }
    }

    GraphView view_;
    const ValueTypes& types_;
    std::unordered_set<const NodeProto*> kept_;
};

TensorProto half_tensor(const TensorProto& single, std::string name) {
    std::vector<float> values;
    read_floats(single, values);
    std::string bytes;
    bytes.reserve(2 * values.size());
    for (const float x : values) {
        const std::uint16_t half = half_bits(x);
        bytes.push_back(static_cast<char>(half & 0xffU));
        bytes.push_back(static_cast<char>(half >> 8));
    }
    TensorProto tensor;
    *tensor.mutable_dims() = single.dims();
    tensor.set_name(std::move(name));
    tensor.set_data_type(TensorProto::FLOAT16);
    tensor.set_raw_data(std::move(bytes));
    return tensor;
}

/// Writes the graph anew, node by node, with casts where types meet.
class Rewriter {
  public:
    Rewriter(const GraphProto& from, GraphProto& to, const ValueTypes& types, const Keep& keep)
        : from_(from), to_(to), types_(types), keep_(keep) {
        for (const TensorProto& tensor : from.initializer()) {
            if (tensor.data_type() == TensorProto::FLOAT) constants_[tensor.name()] = &tensor;
        }
    }

    void run(bool half_input) {
        if (half_input) {
            for (auto& input : *to_.mutable_input()) {
                auto* type = input.mutable_type()->mutable_tensor_type();
                if (type->elem_type() != TensorProto::FLOAT || constants_.contains(input.name()))
                    continue;
                type->set_elem_type(TensorProto::FLOAT16);
                half_.insert(input.name());
            }
        }
        for (const NodeProto& node : from_.node()) add(node);
        for (const TensorProto& tensor : from_.initializer()) {
            if (tensor.data_type() != TensorProto::FLOAT || single_used_.contains(tensor.name())) {
                *to_.add_initializer() = tensor;
            }
        }
    }

  private:
    [[nodiscard]] bool is_float(const std::string& value) const {
        const auto found = types_.find(value);
        return found != types_.end() && found->second == TensorProto::FLOAT;
    }

    void add(const NodeProto& original) {
        const bool half = !keep_.contains(original);
        NodeProto node = original;
        const bool any_type = node.op_type() == "Cast";  // reads what there is
        for (int i = 0; i < node.input_size(); ++i) {
            const std::string& value = node.input(i);
            if (!is_float(value)) continue;
            const bool want_half =
                any_type ? half_.contains(value) : half && !single_input(node, i);
            node.set_input(i, want_half ? as_half(value) : as_single(value));
        }
        if (half) set_half(node);
        for (const std::string& output : node.output()) {
            if (half && is_float(output)) half_.insert(output);
        }
        *to_.add_node() = std::move(node);
    }

    /// Types that stand in attributes.
    static void set_half(NodeProto& node) {
        if (node.op_type() == "Cast") {
            for (auto& a : *node.mutable_attribute()) {
                if (a.name() == "to" && a.i() == TensorProto::FLOAT) a.set_i(TensorProto::FLOAT16);
            }
        }
        if (node.op_type() != "ConstantOfShape") return;
        AttributeProto* value = nullptr;
        for (auto& a : *node.mutable_attribute()) {
            if (a.name() == "value") value = &a;
        }
        if (value == nullptr) {  // zero, in FP32
            value = node.add_attribute();
            value->set_name("value");
            value->set_type(AttributeProto::TENSOR);
            value->mutable_t()->set_data_type(TensorProto::FLOAT);
            value->mutable_t()->add_dims(1);
            value->mutable_t()->add_float_data(0);
        }
        if (value->t().data_type() == TensorProto::FLOAT) {
            *value->mutable_t() = half_tensor(value->t(), value->t().name());
        }
    }

    std::string as_half(const std::string& value) {
        if (half_.contains(value)) return value;
        const auto constant = constants_.find(value);
        if (constant == constants_.end()) return cast(value, TensorProto::FLOAT16);
        const auto [name, added] = copies_.try_emplace(value, fresh(value + ".half"));
        if (added) *to_.add_initializer() = half_tensor(*constant->second, name->second);
        return name->second;
    }

    std::string as_single(const std::string& value) {
        if (constants_.contains(value)) single_used_.insert(value);
        return half_.contains(value) ? cast(value, TensorProto::FLOAT) : value;
    }

    /// One cast a value, however many read it.
    std::string cast(const std::string& value, std::int32_t to) {
        const bool half = to == TensorProto::FLOAT16;
        const auto [name, added] =
            copies_.try_emplace(value, fresh(value + (half ? ".half" : ".single")));
        if (!added) return name->second;
        NodeProto& node = *to_.add_node();
        node.set_op_type("Cast");
        node.set_name(name->second);
        node.add_input(value);
        node.add_output(name->second);
        AttributeProto& attribute = *node.add_attribute();
        attribute.set_name("to");
        attribute.set_type(AttributeProto::INT);
        attribute.set_i(to);
        return name->second;
    }

    [[nodiscard]] std::string fresh(std::string name) const {
        while (types_.contains(name)) name += '_';
        return name;
    }

    const GraphProto& from_;
    GraphProto& to_;
    const ValueTypes& types_;
    const Keep& keep_;
    std::unordered_map<std::string, const TensorProto*> constants_;  ///< FP32 initializers
    std::unordered_set<std::string> half_;                           ///< values that are now FP16
    std::unordered_set<std::string> single_used_;          ///< initializers that FP32 nodes read
    std::unordered_map<std::string, std::string> copies_;  ///< a value in the other type
};

}  // namespace

Result<OnnxModel> to_fp16(const OnnxModel& model, const HalfOptions& options) {
    onnx::ModelProto proto = OnnxModel::Access::proto(model);
    if (auto ok = check_convertible(model, proto); !ok) return fail(ok.error());
    lift_constants(*proto.mutable_graph());
    const GraphProto from = proto.graph();
    const ValueTypes types = value_types(from);
    const Keep keep(from, types, options.single_layers);

    GraphProto& to = *proto.mutable_graph();
    to.clear_node();
    to.clear_initializer();
    to.clear_value_info();  // their types are no longer true
    Rewriter(from, to, types, keep).run(options.half_input);
    return OnnxModel::Access::adopt(std::move(proto), model.name());
}

}  // namespace saccade::model
