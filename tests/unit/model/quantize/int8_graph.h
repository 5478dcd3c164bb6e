// A small detector-like network to be quantised: stem, a branch that is split, a residual, Concat,
// MaxPool, and an output convolution behind them. Weights from a fixed formula.
#pragma once

#include <onnx/onnx_pb.h>

#include <cmath>
#include <string>
#include <vector>

#include "model/onnx_model.h"

namespace saccade::test {

class Int8Graph {
  public:
    explicit Int8Graph(std::int64_t opset = 17) {
        proto.set_ir_version(8);
        proto.add_opset_import()->set_version(opset);
        graph().set_name("small");
        value(*graph().add_input(), "x", {1, 3, 16, 16});
        silu("x", "stem", 3, 8, 3);
        auto& split = node("Split", {"stem"}, {"left", "right"});
        integer(split, "axis", 1);
        silu("right", "deep", 4, 4, 3);
        node("Add", {"right", "deep"}, {"sum"});
        integer(node("Concat", {"left", "right", "sum"}, {"all"}), "axis", 1);
        silu("all", "joined", 12, 8, 1);
        auto& pool = node("MaxPool", {"joined"}, {"pooled"});
        integers(pool, "kernel_shape", {5, 5});
        integers(pool, "pads", {2, 2, 2, 2});
        integers(pool, "strides", {1, 1});
        silu("pooled", "neck", 8, 8, 1);
        conv("neck", "head", 8, 300, 1);
        node("Sigmoid", {"head"}, {"y"});
        value(*graph().add_output(), "y", {1, 300, 16, 16});
    }

    onnx::GraphProto& graph() { return *proto.mutable_graph(); }
    [[nodiscard]] model::OnnxModel model() const {
        return model::OnnxModel::parse(proto.SerializeAsString(), "small.onnx").value();
    }

    onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& in,
                          const std::vector<std::string>& out) {
        auto& made = *graph().add_node();
        made.set_op_type(op);
        made.set_name(out.front());
        for (const auto& name : in) made.add_input(name);
        for (const auto& name : out) made.add_output(name);
        return made;
    }
    static void integer(onnx::NodeProto& node, const std::string& key, std::int64_t number) {
        auto& a = *node.add_attribute();
        a.set_name(key);
        a.set_type(onnx::AttributeProto::INT);
        a.set_i(number);
    }
    static void integers(onnx::NodeProto& node, const std::string& key,
                         const std::vector<std::int64_t>& numbers) {
        auto& a = *node.add_attribute();
        a.set_name(key);
        a.set_type(onnx::AttributeProto::INTS);
        for (const auto n : numbers) a.add_ints(n);
    }
    void weights(const std::string& name, const std::vector<std::int64_t>& dims) {
        auto& tensor = *graph().add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(onnx::TensorProto::FLOAT);
        std::int64_t count = 1;
        for (const auto dim : dims) tensor.add_dims(dim), count *= dim;
        for (std::int64_t i = 0; i < count; ++i) {
            tensor.add_float_data(0.3F * std::sin(1.7F * static_cast<float>(i + 1)));
        }
    }
    void conv(const std::string& in, const std::string& out, int from, int to, int kernel) {
        weights(out + ".w", {to, from, kernel, kernel});
        integers(node("Conv", {in, out + ".w"}, {out}), "pads",
                 std::vector<std::int64_t>(4, kernel / 2));
    }
    /// conv, then x * sigmoid(x), as `out`.
    void silu(const std::string& in, const std::string& out, int from, int to, int kernel) {
        conv(in, out + ".conv", from, to, kernel);
        node("Sigmoid", {out + ".conv"}, {out + ".gate"});
        node("Mul", {out + ".conv", out + ".gate"}, {out});
    }
    static void value(onnx::ValueInfoProto& info, const std::string& name,
                      const std::vector<std::int64_t>& dims) {
        info.set_name(name);
        auto& type = *info.mutable_type()->mutable_tensor_type();
        type.set_elem_type(onnx::TensorProto::FLOAT);
        for (const auto dim : dims) type.mutable_shape()->add_dim()->set_dim_value(dim);
    }

    onnx::ModelProto proto;
};

}  // namespace saccade::test
