#include "model/to_fp16.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "infer/registry.h"
#include "model/half.h"
#include "model/prepared_model.h"
#include "support/files.h"

namespace saccade::model {
namespace {

using onnx::TensorProto;

/// binary16 by its definition (IEEE 754-2008, 3.4).
double value_of_half(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == 31) {
        return fraction != 0 ? std::nan("") : sign * std::numeric_limits<double>::infinity();
    }
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

TEST(HalfBits, EveryHalfComesBack) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const double value = value_of_half(half);
        if (std::isnan(value)) {
            EXPECT_EQ(half_bits(static_cast<float>(value)) & 0x7fff, 0x7e00);
        } else {
            ASSERT_EQ(half_bits(static_cast<float>(value)), half) << value;
        }
    }
}

TEST(HalfBits, RoundsToTheNearestTiesToEven) {
    for (std::uint16_t half = 0; half < 0x7bff; ++half) {
        const double low = value_of_half(half), high = value_of_half(half + 1);
        const auto middle = static_cast<float>((low + high) / 2);
        const std::uint16_t even = (half & 1) == 0 ? half : half + 1;
        ASSERT_EQ(half_bits(middle), even);
        ASSERT_EQ(half_bits(std::nextafterf(middle, 0)), half);
        ASSERT_EQ(half_bits(std::nextafterf(middle, 1e9F)), half + 1);
    }
    EXPECT_EQ(half_bits(65519.0F), 0x7bff);
    EXPECT_EQ(half_bits(65520.0F), 0x7c00);
    EXPECT_EQ(half_bits(-1e30F), 0xfc00);
}

/// A graph as a detector's: conv, relu, conv, and a tail that makes boxes and scores.
class Graph {
  public:
    Graph() {
        proto_.set_ir_version(8);
        proto_.add_opset_import()->set_version(17);
        auto& graph = *proto_.mutable_graph();
        graph.set_name("g");
        value(*graph.add_input(), "x", {1, 3, 16, 16});
        value(*graph.add_output(), "y", {1, 12, 16, 16});
        weights("w1", {16, 3, 3, 3}, 0.1F);
        weights("w2", {12, 16, 3, 3}, 0.1F);
        node("Conv", {"x", "w1"}, {"c1"});
        pads(3);
        node("Relu", {"c1"}, {"r1"});
        node("Conv", {"r1", "w2"}, {"c2"});
        pads(3);
        node("Sigmoid", {"c2"}, {"s"});
        weights("stride", {1}, 32);
        node("Mul", {"c2", "stride"}, {"boxes"});
        node("Add", {"boxes", "s"}, {"y"});
    }

    onnx::GraphProto& graph() { return *proto_.mutable_graph(); }
    onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& in,
                          const std::vector<std::string>& out) {
        auto& n = *graph().add_node();
        n.set_op_type(op);
        n.set_name(out.front());
        for (const auto& name : in) n.add_input(name);
        for (const auto& name : out) n.add_output(name);
        return n;
    }
    void weights(const std::string& name, const std::vector<std::int64_t>& dims, float scale) {
        auto& t = *graph().add_initializer();
        t.set_name(name);
        t.set_data_type(TensorProto::FLOAT);
        std::int64_t count = 1;
        for (const auto d : dims) t.add_dims(d), count *= d;
        for (std::int64_t i = 0; i < count; ++i)
            t.add_float_data(count == 1 ? scale : scale * std::sin(i));
    }
    static void value(onnx::ValueInfoProto& info, const std::string& name,
                      const std::vector<std::int64_t>& dims) {
        info.set_name(name);
        auto& type = *info.mutable_type()->mutable_tensor_type();
        type.set_elem_type(TensorProto::FLOAT);
        for (const auto d : dims) type.mutable_shape()->add_dim()->set_dim_value(d);
    }
    onnx::ModelProto& proto() { return proto_; }

    /// Rewritten and parsed again.
    Result<onnx::ModelProto> half(const HalfOptions& options = {}) const {
        const auto model = OnnxModel::parse(proto_.SerializeAsString(), "graph.onnx");
        if (!model) return fail(model.error());
        const auto written = to_fp16(*model, options);
        if (!written) return fail(written.error());
        onnx::ModelProto proto;
        proto.ParseFromString(written->to_bytes().value());
        return proto;
    }

  private:
    void pads(int kernel) {
        auto& n = *graph().mutable_node(graph().node_size() - 1);
        auto& a = *n.add_attribute();
        a.set_name("pads");
        a.set_type(onnx::AttributeProto::INTS);
        for (int i = 0; i < 4; ++i) a.add_ints(kernel / 2);
    }
    onnx::ModelProto proto_;
};

std::map<std::string, std::int32_t> initializers(const onnx::ModelProto& proto) {
    std::map<std::string, std::int32_t> types;
    for (const auto& t : proto.graph().initializer()) types[t.name()] = t.data_type();
    return types;
}

const onnx::NodeProto& find(const onnx::ModelProto& proto, const std::string& output) {
    for (const auto& node : proto.graph().node()) {
        for (const auto& name : node.output()) {
            if (name == output) return node;
        }
    }
    throw std::runtime_error("no node makes " + output);
}

TEST(ToFp16, LayersAreHalfAndTheTailIsNot) {
    const auto proto = Graph().half();
    ASSERT_TRUE(proto) << proto.error().line();
    const auto types = initializers(*proto);
    EXPECT_EQ(types, (std::map<std::string, std::int32_t>{{"w1.half", TensorProto::FLOAT16},
                                                          {"w2.half", TensorProto::FLOAT16},
                                                          {"stride", TensorProto::FLOAT}}));
    EXPECT_EQ(find(*proto, "c1").input(0), "x.half");
    EXPECT_EQ(find(*proto, "x.half").op_type(), "Cast");
    EXPECT_EQ(find(*proto, "s").input(0), "c2") << "a sigmoid is harmless in half";
    EXPECT_EQ(find(*proto, "boxes").input(0), "c2.single");
    EXPECT_EQ(find(*proto, "y").input(1), "s.single");
    EXPECT_EQ(proto->graph().output(0).type().tensor_type().elem_type(), TensorProto::FLOAT);
    EXPECT_EQ(proto->graph().input(0).type().tensor_type().elem_type(), TensorProto::FLOAT);
}

TEST(ToFp16, LastLayersCanStaySingle) {
    const auto proto = Graph().half({.half_input = true, .single_layers = 1});
    ASSERT_TRUE(proto) << proto.error().line();
    EXPECT_EQ(initializers(*proto),
              (std::map<std::string, std::int32_t>{{"w1.half", TensorProto::FLOAT16},
                                                   {"w2", TensorProto::FLOAT},
                                                   {"stride", TensorProto::FLOAT}}));
    const auto all = Graph().half({.single_layers = 9});
    ASSERT_TRUE(all);
    EXPECT_EQ(initializers(*all).count("w1"), 1U) << "more layers than there are";
}

TEST(ToFp16, InputCanBeHalf) {
    const auto proto = Graph().half({.half_input = true});
    ASSERT_TRUE(proto) << proto.error().line();
    EXPECT_EQ(proto->graph().input(0).type().tensor_type().elem_type(), TensorProto::FLOAT16);
    EXPECT_EQ(find(*proto, "c1").input(0), "x");
}

TEST(ToFp16, WeightsAreRounded) {
    const Graph graph;
    const auto proto = graph.half();
    ASSERT_TRUE(proto);
    for (const auto& t : proto->graph().initializer()) {
        if (t.name() != "w1.half") continue;
        ASSERT_EQ(t.raw_data().size(), 2U * 16 * 27);
        for (std::size_t i = 0; i < t.raw_data().size() / 2; ++i) {
            const auto low = static_cast<unsigned char>(t.raw_data()[2 * i]);
            const auto high = static_cast<unsigned char>(t.raw_data()[2 * i + 1]);
            const auto exact = static_cast<double>(0.1F * static_cast<float>(std::sin(i)));
            EXPECT_NEAR(value_of_half(static_cast<std::uint16_t>(low | high << 8)), exact,
                        std::fabs(exact) / 2048 + 1e-7);
        }
    }
}

TEST(ToFp16, ConstantsOutOfRangeAndFragileOperatorsStay) {
    Graph graph;
    auto& nodes = *graph.graph().mutable_node();
    nodes.RemoveLast();  // y
    graph.weights("big", {1}, 1e6F);
    graph.weights("tiny", {1}, 1e-12F);
    graph.node("Min", {"r1", "big"}, {"m"});
    graph.node("Add", {"m", "tiny"}, {"t"});
    graph.node("Exp", {"t"}, {"e"});
    graph.weights("w3", {12, 16, 3, 3}, 0.1F);
    graph.node("Conv", {"e", "w3"}, {"c3"});
    auto& a = *nodes.Mutable(nodes.size() - 1)->add_attribute();
    a.set_name("pads");
    a.set_type(onnx::AttributeProto::INTS);
    for (int i = 0; i < 4; ++i) a.add_ints(1);
    graph.node("Add", {"c3", "s"}, {"y"});
    const auto proto = graph.half();
    ASSERT_TRUE(proto) << proto.error().line();
    const auto types = initializers(*proto);
    EXPECT_EQ(types.at("big"), TensorProto::FLOAT);
    EXPECT_EQ(types.at("tiny"), TensorProto::FLOAT);
    EXPECT_EQ(types.at("w3.half"), TensorProto::FLOAT16);
    EXPECT_EQ(find(*proto, "m").input(0), "r1.single");
    EXPECT_EQ(find(*proto, "e").input(0), "t");
    EXPECT_EQ(find(*proto, "c3").input(0), "e.half");
}

TEST(ToFp16, IntegersAndResizeScalesAreLeftAlone) {
    Graph graph;
    auto& nodes = *graph.graph().mutable_node();
    nodes.RemoveLast();  // y
    graph.weights("scales", {4}, 1);
    for (auto& t : *graph.graph().mutable_initializer()) {
        if (t.name() == "scales")
            std::fill(t.mutable_float_data()->begin(), t.mutable_float_data()->end(), 1.0F);
    }
    graph.node("Resize", {"r1", "", "scales"}, {"u"});
    graph.node("Shape", {"u"}, {"shape"});
    graph.node("ConstantOfShape", {"shape"}, {"zeros"});
    graph.node("Add", {"u", "zeros"}, {"z"});
    graph.weights("w3", {12, 16, 1, 1}, 0.1F);  // 192 weights: still a fixed sum
    graph.weights("w4", {12, 16, 3, 3}, 0.1F);
    graph.node("Conv", {"z", "w4"}, {"c3"});
    auto& a = *nodes.Mutable(nodes.size() - 1)->add_attribute();
    a.set_name("pads");
    a.set_type(onnx::AttributeProto::INTS);
    for (int i = 0; i < 4; ++i) a.add_ints(1);
    graph.node("Add", {"c3", "s"}, {"y"});
    const auto proto = graph.half();
    ASSERT_TRUE(proto) << proto.error().line();
    EXPECT_EQ(find(*proto, "u").input(2), "scales");
    EXPECT_EQ(initializers(*proto).at("scales"), TensorProto::FLOAT);
    const auto zeros = find(*proto, "zeros");
    ASSERT_EQ(zeros.attribute_size(), 1);
    EXPECT_EQ(zeros.attribute(0).t().data_type(), TensorProto::FLOAT16);
    EXPECT_EQ(find(*proto, "shape").input(0), "u");
}

TEST(ToFp16, RefusesWhatItCantSeeInto) {
    Graph other_domain;
    other_domain.graph().mutable_node(1)->set_domain("com.example");
    other_domain.proto().add_opset_import()->set_domain("com.example");
    EXPECT_EQ(other_domain.half().error().code, ErrorCode::unsupported);

    Graph subgraph;
    auto& a = *subgraph.graph().mutable_node(1)->add_attribute();
    a.set_name("body");
    a.set_type(onnx::AttributeProto::GRAPH);
    a.mutable_g()->set_name("body");
    EXPECT_FALSE(subgraph.half());
}

TEST(ToFp16, ARealNetworkGivesNearlyTheSame) {
    SACCADE_NEEDS_SHARED("models/yolox_nano.onnx");
    const auto model = OnnxModel::load(test::shared_dir() / "models/yolox_nano.onnx");
    ASSERT_TRUE(model);
    const auto spec = inspect(*model);
    ASSERT_TRUE(spec);
    const auto half = to_fp16(*model);
    ASSERT_TRUE(half) << half.error().line();
    EXPECT_LT(half->to_bytes()->size(), model->to_bytes()->size() * 6 / 10);

    std::vector<std::vector<float>> outputs;
    for (const OnnxModel* network : {&*model, &*half}) {
        auto backend = infer::make_backend(free_dimensions(*network, *spec),
                                           {.height = spec->height, .width = spec->width});
        ASSERT_TRUE(backend) << backend.error().line();
        const auto input = (*backend)->input(0);
        std::mt19937 random(7);
        std::uniform_real_distribution<float> pixel(0, 255);
        std::generate_n(
            static_cast<float*>(input.data),
            3 * static_cast<std::size_t>(spec->height) * static_cast<std::size_t>(spec->width),
            [&] { return pixel(random); });
        ASSERT_TRUE((*backend)->submit(0, 1));
        const auto views = (*backend)->wait(0);
        ASSERT_TRUE(views);
        const auto& view = views->front();
        const auto* data = static_cast<const float*>(view.data);
        outputs.emplace_back(data, data + infer::element_count(view.shape));
    }
    ASSERT_EQ(outputs[0].size(), outputs[1].size());
    double worst = 0, sum = 0, size = 0;
    for (std::size_t i = 0; i < outputs[0].size(); ++i) {
        const double error = std::fabs(outputs[0][i] - outputs[1][i]);
        worst = std::max(worst, error);
        sum += error;
        size = std::max<double>(size, std::fabs(outputs[0][i]));
    }
    EXPECT_LT(worst, 0.05 * size);  // noise as input drives a network harder than pictures do
    EXPECT_LT(sum / static_cast<double>(outputs[0].size()), 0.002 * size);
    EXPECT_GT(worst, 0) << "nothing was rounded";
}

}  // namespace
}  // namespace saccade::model
