#include "model/quantize/write_int8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <openvino/openvino.hpp>
#include <set>

#include "model/quantize/int8_weights.h"
#include "unit/model/quantize/int8_graph.h"

namespace saccade::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using test::Int8Graph;

onnx::ModelProto proto_of(const OnnxModel& model) {
    onnx::ModelProto proto;
    proto.ParseFromString(model.to_bytes().value());
    return proto;
}

const onnx::NodeProto& node_of(const onnx::ModelProto& proto, const std::string& output) {
    static const onnx::NodeProto none;
    for (const auto& node : proto.graph().node()) {
        for (const auto& name : node.output()) {
            if (name == output) return node;
        }
    }
    return none;
}

std::set<std::string> quantised(const onnx::ModelProto& proto) {
    std::set<std::string> found;
    for (const auto& node : proto.graph().node()) {
        if (node.op_type() == "QuantizeLinear") found.insert(node.input(0));
    }
    return found;
}

float scale_of(const onnx::ModelProto& proto, const std::string& tensor) {
    for (const auto& t : proto.graph().initializer()) {
        if (t.name() != tensor + ".int8.scale") continue;
        float value = 0;
        std::memcpy(&value, t.raw_data().data(), sizeof value);
        return value;
    }
    return -1;
}

Int8Plan plan_of(const OnnxModel& model) {
    Int8Plan plan{.ranges = {}, .kept = {}, .method = "test", .source = "none"};
    float reach = 1;
    const auto tensors = int8_tensors(model).value();
    for (const auto& tensor : tensors) {
        plan.ranges[tensor] = {-0.25F, reach, reach};
        reach += 0.5F;
    }
    return plan;
}

/// The network's output for a picture of a fixed formula, without OpenVINO's own INT8.
std::vector<float> run(const OnnxModel& model, bool real) {
    ov::Core core;
    auto network = core.read_model(model.to_bytes().value(), ov::Tensor());
    ov::AnyMap options{ov::hint::inference_precision(ov::element::f32)};
    if (!real) options["LP_TRANSFORMS_MODE"] = "Off";
    auto request = core.compile_model(network, "CPU", options).create_infer_request();
    auto input = request.get_input_tensor();
    for (std::size_t i = 0; i < input.get_size(); ++i) {
        input.data<float>()[i] = 0.5F + 0.5F * std::sin(0.37F * static_cast<float>(i));
    }
    request.infer();
    const auto output = request.get_output_tensor();
    return {output.data<float>(), output.data<float>() + output.get_size()};
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - b[i]));
    }
    return largest;
}

TEST(Int8Weights, FindTheGridThatTheyLieOn) {
    // Of a channel's 8-bit grid only levels up to 100 are in use: largest/127 would miss it.
    std::vector<float> weights;
    for (int level = -100; level <= 100; ++level)
        weights.push_back(0.01F * static_cast<float>(level));
    const auto made = quantize_weights(weights, 1, 127);
    ASSERT_EQ(made.scales.size(), 1U);
    EXPECT_NEAR(made.scales[0], 0.01F, 1e-7);
    for (int level = -100; level <= 100; ++level) {
        ASSERT_EQ(made.values[static_cast<std::size_t>(level + 100)], level);
    }
}

TEST(Int8Weights, EachChannelHasItsOwnScale) {
    const std::vector<float> weights{1, -1, 0.5F, 0.001F, 0.0005F, -0.001F, 0, 0, 0};
    const auto made = quantize_weights(weights, 3, 127);
    ASSERT_EQ(made.scales.size(), 3U);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_NEAR(static_cast<float>(made.values[i]) * made.scales[i / 3], weights[i],
                    0.004 * made.scales[i / 3] * 127);
    }
    EXPECT_EQ(made.values[7], 0);
    EXPECT_GT(made.scales[2], 0);
}

TEST(Int8Weights, SevenBitsStayWithin63) {
    std::vector<float> weights;
    for (int i = 0; i < 500; ++i) weights.push_back(std::sin(0.7F * static_cast<float>(i)));
    const auto made = quantize_weights(weights, 5, 63);
    for (const auto value : made.values) {
        ASSERT_LE(std::abs(value), 63);
    }
}

TEST(Int8Placement, LayersAreAllConvolutionsButTheLast) {
    const auto found = int8_candidates(Int8Graph().model()).value();
    std::vector<std::string> names;
    for (const auto& layer : found) names.push_back(layer.output);
    EXPECT_THAT(names, ElementsAre("stem.conv", "deep.conv", "joined.conv", "neck.conv"));
    EXPECT_EQ(found[2].input, "all");
    EXPECT_EQ(found[2].weights, 96);
}

TEST(Int8Placement, AnExpectationOverASoftmaxIsNoLayer) {
    Int8Graph graph;
    graph.graph().mutable_node()->RemoveLast();
    graph.node("Softmax", {"head"}, {"bins"});
    Int8Graph::integer(*graph.graph().mutable_node(graph.graph().node_size() - 1), "axis", 1);
    graph.conv("bins", "mean", 300, 1, 1);
    graph.node("Identity", {"mean"}, {"y"});
    const auto layers = int8_candidates(graph.model()).value();
    for (const auto& layer : layers) {
        EXPECT_NE(layer.output, "head");
        EXPECT_NE(layer.output, "mean");
    }
}

TEST(Int8Placement, OpenVinoHasQuantisersOnInputsOfConvolutionsOnly) {
    const auto model = Int8Graph().model();
    const auto proto = proto_of(write_int8(model, plan_of(model), {}).value());
    EXPECT_THAT(quantised(proto), UnorderedElementsAre("x", "right", "all", "pooled"));
    EXPECT_EQ(node_of(proto, "sum").input(0), "right");  // the residual stays in FP32
    EXPECT_EQ(node_of(proto, "all").input(2), "sum");
    EXPECT_EQ(node_of(proto, "stem").input(0), "stem.conv");  // nothing between Conv and Mul
    for (const auto& node : proto.graph().node()) {
        if (node.op_type() != "QuantizeLinear") continue;
        const auto zero =
            std::find_if(proto.graph().initializer().begin(), proto.graph().initializer().end(),
                         [&](const auto& t) { return t.name() == node.input(2); });
        EXPECT_EQ(zero->data_type(), onnx::TensorProto::UINT8) << node.input(0);
    }
}

TEST(Int8Placement, TensorRtQuantisesResidualsAndWhatConcatAndMaxPoolRead) {
    const auto model = Int8Graph().model();
    const auto proto =
        proto_of(write_int8(model, plan_of(model), {.shape = Int8Shape::tensorrt}).value());
    EXPECT_THAT(quantised(proto), UnorderedElementsAre("x", "stem", "left", "right", "sum", "all",
                                                       "joined", "pooled"));
    EXPECT_EQ(node_of(proto, "sum").input(0), "right.int8");
    EXPECT_EQ(node_of(proto, "sum").input(1), "deep");  // the convolution adds it itself
    // One scale around Split and Concat, one around MaxPool.
    for (const char* tensor : {"left", "right", "sum", "stem"}) {
        EXPECT_EQ(scale_of(proto, tensor), scale_of(proto, "all")) << tensor;
    }
    EXPECT_EQ(scale_of(proto, "joined"), scale_of(proto, "pooled"));
    EXPECT_NE(scale_of(proto, "joined"), scale_of(proto, "all"));
}

TEST(Int8Placement, KeptLayersReadAndHoldFp32) {
    const auto model = Int8Graph().model();
    auto plan = plan_of(model);
    plan.kept = {"deep.conv"};
    const auto proto = proto_of(write_int8(model, plan, {}).value());
    EXPECT_THAT(quantised(proto), UnorderedElementsAre("x", "all", "pooled"));
    EXPECT_EQ(node_of(proto, "deep.conv").input(0), "right");
    EXPECT_TRUE(node_of(proto, "deep.w").output().empty());  // no node makes it
}

TEST(WriteInt8, SimulationComputesWhatQuantisersDo) {
    const auto model = Int8Graph().model();
    for (const auto shape : {Int8Shape::openvino, Int8Shape::tensorrt}) {
        const auto real = write_int8(model, plan_of(model), {.shape = shape}).value();
        const auto simulated =
            write_int8(model, plan_of(model), {.shape = shape, .simulated = true}).value();
        // Ties may round either way where a division became a product: a level more or less.
        EXPECT_LT(largest_difference(run(real, false), run(simulated, true)), 2e-3);
        EXPECT_GT(largest_difference(run(model, true), run(simulated, true)), 1e-4);
    }
}

TEST(WriteInt8, TheCpusIntegerArithmeticAgreesWithTheSimulation) {
    const auto model = Int8Graph().model();
    const auto plan = plan_of(model);
    // 7 bits overflow on no CPU.
    const auto real = write_int8(model, plan, {.weight_bits = 7}).value();
    EXPECT_LT(largest_difference(run(real, true), run(real, false)), 4e-3);
}

/// One 1x1 convolution whose input and weights are whole numbers of levels: sums of products that
/// can be done by hand.
TEST(WriteInt8, IsExactIntegerArithmetic) {
    Int8Graph graph;
    auto& g = graph.graph();
    g.clear_node();
    g.clear_initializer();
    g.clear_output();
    graph.conv("x", "c", 3, 4, 1);
    graph.conv("c", "y", 4, 64, 1);
    Int8Graph::value(*g.add_output(), "y", {1, 64, 16, 16});
    auto& weights = *g.mutable_initializer(0);
    weights.clear_float_data();
    for (int i = 0; i < 12; ++i)
        weights.add_float_data(static_cast<float>(i == 0 || i % 3 == 0 ? 63 : 10 * i - 55));
    const auto model = graph.model();
    Int8Plan plan{.ranges = {{"x", {-2, 253, 127}}}, .kept = {}, .method = "test", .source = ""};
    auto written = write_int8(model, plan, {.weight_bits = 7}).value();
    written = with_outputs(written, {"c"}).value();

    ov::Core core;
    auto request =
        core.compile_model(core.read_model(written.to_bytes().value(), ov::Tensor()), "CPU",
                           ov::AnyMap{ov::hint::inference_precision(ov::element::f32)})
            .create_infer_request();
    auto input = request.get_input_tensor();
    for (std::size_t i = 0; i < input.get_size(); ++i) {
        input.data<float>()[i] = static_cast<float>(static_cast<int>(i * 37 % 300) - 10) + 0.25F;
    }
    request.infer();
    const auto c = request.get_tensor("c");
    for (std::size_t out = 0; out < 4; ++out) {
        for (std::size_t pixel = 0; pixel < 256; ++pixel) {
            int sum = 0;
            for (std::size_t in = 0; in < 3; ++in) {
                const float x = input.data<float>()[in * 256 + pixel];
                const int level = std::clamp(static_cast<int>(std::nearbyint(x)), -2, 253);
                sum += level * static_cast<int>(weights.float_data(static_cast<int>(out * 3 + in)));
            }
            ASSERT_NEAR(c.data<float>()[out * 256 + pixel], static_cast<float>(sum), 0.01) << out;
        }
    }
}

TEST(WriteInt8, ComesBackAndIsTranslatedWithoutLoss) {
    const auto model = Int8Graph().model();
    const auto plan = plan_of(model);
    const auto for_openvino = write_int8(model, plan, {}).value();
    const auto for_tensorrt = write_int8(model, plan, {.shape = Int8Shape::tensorrt}).value();
    EXPECT_EQ(int8_plan(for_openvino).value(), plan);
    const auto back = proto_of(without_int8(for_openvino).value());
    EXPECT_EQ(back.graph().node_size(), proto_of(model).graph().node_size());
    // The same levels and scales in either direction.
    EXPECT_EQ(
        write_int8(for_openvino, plan, {.shape = Int8Shape::tensorrt}).value().to_bytes().value(),
        write_int8(write_int8(for_tensorrt, plan, {}).value(), plan, {.shape = Int8Shape::tensorrt})
            .value()
            .to_bytes()
            .value());
    EXPECT_EQ(write_int8(for_openvino, plan, {}).value().to_bytes().value(),
              for_openvino.to_bytes().value());
}

TEST(WriteInt8, OlderOperatorSetsAreBroughtTo13) {
    Int8Graph graph(11);
    auto& squeeze = graph.node("Unsqueeze", {"y"}, {"z"});
    Int8Graph::integers(squeeze, "axes", {0});
    graph.graph().mutable_output(0)->set_name("z");
    graph.graph().mutable_output(0)->clear_type();
    Int8Graph::value(*graph.graph().mutable_output(0), "z", {1, 1, 300, 16, 16});
    const auto model = graph.model();
    const auto written = write_int8(model, plan_of(model), {}).value();
    EXPECT_EQ(written.opset(), 13);
    EXPECT_EQ(node_of(proto_of(written), "z").input_size(), 2);
    EXPECT_EQ(run(written, true).size(), 300U * 16 * 16);

    const auto old = write_int8(Int8Graph(10).model(), plan_of(model), {});
    ASSERT_FALSE(old);
    EXPECT_THAT(old.error().line(), HasSubstr("opset 13"));
}

TEST(WriteInt8, RefusesWhatItDoesNotUnderstand) {
    const auto model = Int8Graph().model();
    auto plan = plan_of(model);
    plan.kept = {"no such layer"};
    EXPECT_THAT(write_int8(model, plan, {}).error().line(), HasSubstr("no such layer"));

    Int8Graph other;
    other.node("QuantizeLinear", {"y", "scale"}, {"q"});
    other.weights("scale", {1});
    EXPECT_THAT(int8_candidates(other.model()).error().line(), HasSubstr("another tool"));

    Int8Graph spoilt;
    auto& entry = *spoilt.proto.add_metadata_props();
    entry.set_key(int8_key);
    for (const char* text : {"", "{}", "[1]",
                             "{\"schema\":\"saccade.int8/1\",\"ranges\":{\"x\":[0,0,1]},"
                             "\"kept\":[],\"method\":\"\",\"source\":\"\"}"}) {
        entry.set_value(text);
        EXPECT_EQ(int8_plan(spoilt.model()).error().code, ErrorCode::corrupt) << text;
    }
}

}  // namespace
}  // namespace saccade::model
