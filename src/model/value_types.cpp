#include "model/value_types.h"

#include <string_view>
#include <unordered_set>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

std::int32_t type_of(const ValueTypes& types, const std::string& value) {
    const auto found = types.find(value);
    return found == types.end() ? TensorProto::UNDEFINED : found->second;
}

std::int32_t output_type(const NodeProto& node, int output, const ValueTypes& types) {
    static const std::unordered_set<std::string_view> integers{
        "Shape", "Size", "NonZero", "ArgMax", "ArgMin", "NonMaxSuppression"};
    static const std::unordered_set<std::string_view> booleans{
        "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And",
        "Or",    "Not",  "Xor",         "IsNaN",   "IsInf"};
    const std::string& op = node.op_type();
    const auto input = [&](int i) {
        return i < node.input_size() ? type_of(types, node.input(i)) : TensorProto::UNDEFINED;
    };
    if (integers.contains(op)) return TensorProto::INT64;
    if (booleans.contains(op)) return TensorProto::BOOL;
    if (op == "Cast") {
        return static_cast<std::int32_t>(integer_attribute(node, "to", TensorProto::UNDEFINED));
    }
    if (op == "Constant" || op == "ConstantOfShape") {
        const auto* value = attribute(node, "value");
        return value != nullptr ? value->t().data_type() : TensorProto::FLOAT;
    }
    if ((op == "TopK" || op == "MaxPool") && output == 1) return TensorProto::INT64;
    if (op == "Dropout" && output == 1) return TensorProto::BOOL;
    if (op == "Where" || op == "DequantizeLinear") return input(1);
    if (op == "OneHot") return input(2);
    if (op == "QuantizeLinear") return node.input_size() > 2 ? input(2) : TensorProto::UINT8;
    return node.input_size() > 0 ? input(0) : TensorProto::FLOAT;
}

}  // namespace

ValueTypes value_types(const onnx::GraphProto& graph) {
    ValueTypes types;
    for (const auto& input : graph.input())
        types[input.name()] = input.type().tensor_type().elem_type();
    for (const auto& tensor : graph.initializer()) types[tensor.name()] = tensor.data_type();
    for (const NodeProto& node : graph.node()) {
        for (int i = 0; i < node.output_size(); ++i) {
            if (!node.output(i).empty()) types[node.output(i)] = output_type(node, i, types);
        }
    }
    return types;
}

}  // namespace saccade::model
