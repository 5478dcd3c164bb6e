#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/graph_view.h"
#include "model/onnx_access.h"
#include "model/quantize/write_int8.h"

namespace saccade::model {
namespace {

using onnx::GraphProto;
using onnx::NodeProto;
using onnx::TensorProto;

/// What the levels of a dequantiser with a scale a channel stand for. False where they are not
/// ours.
bool dequantised(const TensorProto& levels, const TensorProto* scale, TensorProto& plain) {
    std::vector<float> scales;
    if (scale == nullptr || !read_floats(*scale, scales) || scales.empty() ||
        levels.data_type() != TensorProto::INT8 || !levels.has_raw_data() ||
        levels.raw_data().size() % scales.size() != 0) {
        return false;
    }
    const std::string& raw = levels.raw_data();
    const std::size_t each = raw.size() / scales.size();
    std::vector<float> values(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        values[i] = static_cast<float>(static_cast<signed char>(raw[i])) * scales[i / each];
    }
    plain.set_data_type(TensorProto::FLOAT);
    *plain.mutable_dims() = levels.dims();
    plain.set_raw_data(values.data(), values.size() * sizeof(float));
    return true;
}

}  // namespace

Result<OnnxModel> without_int8(const OnnxModel& model) {
    const onnx::ModelProto& from = OnnxModel::Access::proto(model);
    const auto& nodes = from.graph().node();
    if (!model.metadata().contains(int8_key) ||
        std::none_of(nodes.begin(), nodes.end(),
                     [](const auto& node) { return node.op_type() == "DequantizeLinear"; })) {
        return model;
    }
    const auto corrupt = [&](const std::string& value) {
        return fail(
            ErrorCode::corrupt,
            fmt::format("{}: the quantiser of '{}' is not as it was written", model.name(), value),
            "make it again, as `saccade quantize --help` says");
    };
    const GraphView view(from.graph());
    onnx::ModelProto proto = from;
    GraphProto& graph = *proto.mutable_graph();
    graph.clear_node();
    std::unordered_map<std::string, std::string> plain;  // a quantised tensor's name, to its own
    std::unordered_set<std::string> gone;
    for (NodeProto node : nodes) {
        const bool quantises = node.op_type() == "QuantizeLinear";
        if (quantises || node.op_type() == "DequantizeLinear") {
            if (node.input_size() != 3 || node.output_size() != 1) return corrupt(node.name());
            gone.insert(node.input(1));
            gone.insert(node.input(2));
            const TensorProto* levels = view.constant(node.input(0));
            if (quantises) continue;
            if (levels == nullptr) {  // an activation
                const NodeProto* q = view.producer(node.input(0));
                if (q == nullptr || q->op_type() != "QuantizeLinear") return corrupt(node.name());
                plain[node.output(0)] = q->input(0);
                continue;
            }
            TensorProto& tensor = *graph.add_initializer();
            tensor.set_name(node.output(0));
            if (!dequantised(*levels, view.constant(node.input(1)), tensor))
                return corrupt(node.name());
            gone.insert(node.input(0));
            continue;
        }
        for (auto& input : *node.mutable_input()) {
            if (const auto found = plain.find(input); found != plain.end()) input = found->second;
        }
        *graph.add_node() = std::move(node);
    }
    auto& tensors = *graph.mutable_initializer();
    tensors.erase(std::remove_if(tensors.begin(), tensors.end(),
                                 [&](const auto& t) { return gone.contains(t.name()); }),
                  tensors.end());
    return OnnxModel::Access::adopt(std::move(proto), model.name());
}

Result<OnnxModel> with_outputs(const OnnxModel& model, const std::vector<std::string>& values) {
    onnx::ModelProto proto = OnnxModel::Access::proto(model);
    GraphProto& graph = *proto.mutable_graph();
    const GraphView view(graph);
    std::set<std::string> there;
    for (const auto& output : graph.output()) there.insert(output.name());
    for (const auto& value : values) {
        if (view.producer(value) == nullptr) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: no node makes '{}'", model.name(), value));
        }
        if (!there.insert(value).second) continue;
        auto& output = *graph.add_output();
        output.set_name(value);
        output.mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::FLOAT);
    }
    return OnnxModel::Access::adopt(std::move(proto), model.name());
}

}  // namespace saccade::model
