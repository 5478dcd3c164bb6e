#include "model/quantize/write_int8.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "model/graph_view.h"
#include "model/half.h"
#include "model/onnx_access.h"
#include "model/quantize/int8_layers.h"
#include "model/quantize/int8_weights.h"
#include "model/quantize/raise_opset.h"

namespace saccade::model {
namespace {

using onnx::GraphProto;
using onnx::NodeProto;
using onnx::TensorProto;

constexpr const char* mark = ".int8";  // ends the names of all that is written here

Result<void> check(const OnnxModel& model, const onnx::ModelProto& proto) {
    const auto refuse = [&](const std::string& what) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: has {}, so it can't be written in INT8", model.name(), what),
                    "use --precision fp32 or fp16");
    };
    if (proto.functions_size() > 0) return refuse("functions of its own");
    for (const NodeProto& node : proto.graph().node()) {
        if (!node.domain().empty() && node.domain() != "ai.onnx") {
            return refuse(fmt::format("operator {}.{}", node.domain(), node.op_type()));
        }
        if (node.op_type() == "QuantizeLinear" || node.op_type() == "DequantizeLinear") {
            return refuse("quantisers of another tool's");
        }
        for (const auto& a : node.attribute()) {
            if (a.has_g() || a.graphs_size() > 0) return refuse("a subgraph in " + node.op_type());
        }
    }
    return {};
}

/// The FP32 graph in operator set 13 or later, checked.
Result<onnx::ModelProto> prepared(const OnnxModel& model) {
    auto plain = without_int8(model);
    if (!plain) return fail(plain.error());
    onnx::ModelProto proto = OnnxModel::Access::proto(*plain);
    if (auto ok = check(*plain, proto); !ok) return fail(ok.error());
    if (auto ok = raise_opset(proto, model.name()); !ok) return fail(ok.error());
    return proto;
}

Result<std::vector<Int8Layer>> layers_of(const OnnxModel& model, const onnx::ModelProto& proto) {
    auto layers = int8_layers(proto.graph());
    if (layers.empty()) {
        return fail(ErrorCode::unsupported,
                    model.name() + ": has no convolution that could run in INT8",
                    "use --precision fp32 or fp16");
    }
    return layers;
}

/// Replaces the plan in the metadata; "": none.
void set_plan(onnx::ModelProto& proto, std::string json) {
    auto& metadata = *proto.mutable_metadata_props();
    metadata.erase(std::remove_if(metadata.begin(), metadata.end(),
                                  [](const auto& entry) { return entry.key() == int8_key; }),
                   metadata.end());
    if (json.empty()) return;
    auto& entry = *proto.add_metadata_props();
    entry.set_key(int8_key);
    entry.set_value(std::move(json));
}

/// A tensor's quantiser.
struct Quantiser {
    float scale = 1;
    int zero = 0, low = 0, high = 255;
};

Quantiser quantiser(const Int8Range& range, Int8Shape shape) {
    if (shape == Int8Shape::tensorrt) {
        // A scale that a half can hold: what is not quantised is FP16 there.
        return {std::max(range.reach / 127, half_min_normal), 0, -128, 127};
    }
    const float scale = (range.high - range.low) / 255;
    return {scale, to_level(-range.low, scale, 0, 255), 0, 255};
}

class Writer {
  public:
    Writer(onnx::ModelProto& proto, const Int8Writing& writing)
        : graph_(*proto.mutable_graph()),
          before_(proto.graph()),
          view_(before_),
          writing_(writing) {}

    void run(const std::vector<Int8Layer>& layers, const Int8Placement& placement,
             const std::map<std::string, Int8Range>& ranges) {
        graph_.clear_node();
        std::set<std::string> weights;
        for (const auto& layer : layers) weights.insert(layer.weights);
        for (const auto& input : before_.input()) quantise(input.name(), placement, ranges);
        for (const auto& name : weights) quantise_weights_of(name);
        for (int i = 0; i < before_.node_size(); ++i) {
            NodeProto node = before_.node(i);
            if (replaced_.contains(node.output_size() > 0 ? node.output(0) : "")) continue;
            for (int input = 0; input < node.input_size(); ++input) {
                if (placement.edges.contains({i, input})) {
                    node.set_input(input, node.input(input) + mark);
                }
            }
            *graph_.add_node() = node;
            for (const auto& output : node.output()) quantise(output, placement, ranges);
        }
        drop_replaced();
    }

  private:
    std::string floats(const std::string& name, const std::vector<float>& values, bool scalar) {
        auto& tensor = *graph_.add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(TensorProto::FLOAT);
        if (!scalar) tensor.add_dims(static_cast<std::int64_t>(values.size()));
        tensor.set_raw_data(values.data(), values.size() * sizeof(float));
        return name;
    }
    std::string bytes(const std::string& name, std::int32_t type, std::string values,
                      const std::vector<std::int64_t>& dims) {
        auto& tensor = *graph_.add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        for (const auto dim : dims) tensor.add_dims(dim);
        tensor.set_raw_data(std::move(values));
        return name;
    }
    NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                    const std::string& output) {
        NodeProto& made = *graph_.add_node();
        made.set_op_type(op);
        made.set_name(output);
        for (const auto& input : inputs) made.add_input(input);
        made.add_output(output);
        return made;
    }

    void quantise(const std::string& tensor, const Int8Placement& placement,
                  const std::map<std::string, Int8Range>& ranges) {
        if (!placement.tensors.contains(tensor)) return;
        const Quantiser q = quantiser(ranges.at(placement.shared.at(tensor)), writing_.shape);
        const std::string name = tensor + mark, scale = floats(name + ".scale", {q.scale}, true);
        if (writing_.simulated) {
            node("Div", {tensor, scale}, name + ".levels");
            node("Round", {name + ".levels"}, name + ".round");
            const auto low = floats(name + ".low", {static_cast<float>(q.low - q.zero)}, true);
            const auto high = floats(name + ".high", {static_cast<float>(q.high - q.zero)}, true);
            node("Clip", {name + ".round", low, high}, name + ".clip");
            node("Mul", {name + ".clip", scale}, name);
            return;
        }
        const bool is_signed = writing_.shape == Int8Shape::tensorrt;
        const auto zero = bytes(name + ".zero", is_signed ? TensorProto::INT8 : TensorProto::UINT8,
                                std::string(1, static_cast<char>(q.zero)), {});
        node("QuantizeLinear", {tensor, scale, zero}, name + ".levels");
        node("DequantizeLinear", {name + ".levels", scale, zero}, name);
    }

    void quantise_weights_of(const std::string& name) {
        const TensorProto& tensor = *view_.constant(name);
        std::vector<float> values;
        read_floats(tensor, values);
        const std::vector<std::int64_t> dims(tensor.dims().begin(), tensor.dims().end());
        Int8Weights made = quantize_weights(values, static_cast<std::size_t>(dims.front()),
                                            writing_.weight_bits == 7 ? 63 : 127);
        if (writing_.shape == Int8Shape::tensorrt) {
            for (float& scale : made.scales) scale = std::max(scale, half_min_normal);
        }
        replaced_.insert(name);
        const std::size_t each = values.size() / made.scales.size();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const float scale = made.scales[i / each];
            made.values[i] = static_cast<std::int8_t>(to_level(values[i], scale, -127, 127));
            if (writing_.weight_bits == 7) {
                made.values[i] = std::clamp<std::int8_t>(made.values[i], -63, 63);
            }
            values[i] = static_cast<float>(made.values[i]) * scale;
        }
        if (writing_.simulated) {
            auto& single = *graph_.add_initializer();
            single.set_name(name + mark);
            single.set_data_type(TensorProto::FLOAT);
            for (const auto dim : dims) single.add_dims(dim);
            single.set_raw_data(values.data(), values.size() * sizeof(float));
            node("Identity", {name + mark}, name);
            return;
        }
        const auto channels = made.scales.size();
        const auto levels = bytes(
            name + mark, TensorProto::INT8,
            std::string(reinterpret_cast<const char*>(made.values.data()), made.values.size()),
            dims);
        const auto scale = floats(name + mark + ".scale", made.scales, false);
        const auto zero = bytes(name + mark + ".zero", TensorProto::INT8,
                                std::string(channels, '\0'), {static_cast<std::int64_t>(channels)});
        auto& axis = *node("DequantizeLinear", {levels, scale, zero}, name).add_attribute();
        axis.set_name("axis");
        axis.set_type(onnx::AttributeProto::INT);
        axis.set_i(0);
    }

    /// FP32 weights whose name a dequantiser has now.
    void drop_replaced() {
        const auto gone = [&](const auto& value) { return replaced_.contains(value.name()); };
        auto& tensors = *graph_.mutable_initializer();
        tensors.erase(std::remove_if(tensors.begin(), tensors.end(), gone), tensors.end());
        auto& inputs = *graph_.mutable_input();  // where files of IR version 3 list them too
        inputs.erase(std::remove_if(inputs.begin(), inputs.end(), gone), inputs.end());
    }

    GraphProto& graph_;
    const GraphProto before_;
    const GraphView view_;
    const Int8Writing& writing_;
    std::unordered_set<std::string> replaced_;
};

/// A scale class resolves what its widest tensor needs.
std::map<std::string, Int8Range> class_ranges(const Int8Placement& placement,
                                              const Int8Plan& plan) {
    std::map<std::string, Int8Range> ranges;
    for (const auto& [tensor, root] : placement.shared) {
        const Int8Range& own = plan.ranges.at(tensor);
        const auto [found, added] = ranges.try_emplace(root, own);
        if (added) continue;
        found->second.low = std::min(found->second.low, own.low);
        found->second.high = std::max(found->second.high, own.high);
        found->second.reach = std::max(found->second.reach, own.reach);
    }
    return ranges;
}

}  // namespace

Result<std::vector<Int8Candidate>> int8_candidates(const OnnxModel& model) {
    const auto proto = prepared(model);
    if (!proto) return fail(proto.error());
    const auto layers = layers_of(model, *proto);
    if (!layers) return fail(layers.error());
    const GraphView view(proto->graph());
    std::vector<Int8Candidate> out;
    for (const auto& layer : *layers) {
        std::int64_t count = 1;
        for (const auto dim : view.constant(layer.weights)->dims()) count *= dim;
        out.push_back({layer.output, layer.input, count});
    }
    return out;
}

Result<std::vector<std::string>> int8_tensors(const OnnxModel& model) {
    const auto proto = prepared(model);
    if (!proto) return fail(proto.error());
    const auto layers = layers_of(model, *proto);
    if (!layers) return fail(layers.error());
    // TensorRT's shape has all quantisers of OpenVINO's, and more.
    const auto placed = int8_placement(proto->graph(), *layers, Int8Shape::tensorrt);
    return std::vector<std::string>(placed.tensors.begin(), placed.tensors.end());
}

Result<OnnxModel> write_int8(const OnnxModel& model, const Int8Plan& plan,
                             const Int8Writing& writing) {
    auto proto = prepared(model);
    if (!proto) return fail(proto.error());
    auto layers = layers_of(model, *proto);
    if (!layers) return fail(layers.error());
    for (const auto& name : plan.kept) {
        if (std::none_of(layers->begin(), layers->end(),
                         [&](const auto& layer) { return layer.output == name; })) {
            return fail(
                ErrorCode::invalid_argument,
                fmt::format("{}: has no layer '{}', which its INT8 plan names", model.name(), name),
                "make it again, as `saccade quantize --help` says");
        }
    }
    std::erase_if(*layers, [&](const Int8Layer& layer) {
        return plan.kept.contains(layer.output) || !plan.ranges.contains(layer.input);
    });
    const Int8Placement placement = int8_placement(proto->graph(), *layers, writing.shape);
    for (const auto& tensor : placement.tensors) {
        if (!plan.ranges.contains(tensor)) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: its INT8 plan has no range of '{}'", model.name(), tensor),
                        "make it again, as `saccade quantize --help` says");
        }
    }
    Writer(*proto, writing).run(*layers, placement, class_ranges(placement, plan));
    // A simulation is an FP32 network, which nothing shall take for one to be written.
    set_plan(*proto, writing.simulated ? std::string() : to_json(plan));
    return OnnxModel::Access::adopt(std::move(*proto), model.name());
}

Result<OnnxModel> with_plan(const OnnxModel& model, const Int8Plan& plan) {
    onnx::ModelProto proto = OnnxModel::Access::proto(model);
    set_plan(proto, to_json(plan));
    return OnnxModel::Access::adopt(std::move(proto), model.name());
}

}  // namespace saccade::model
