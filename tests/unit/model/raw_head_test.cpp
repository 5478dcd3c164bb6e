#include "model/raw_head.h"

#include <gtest/gtest.h>

#include <functional>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "model/prepared_model.h"
#include "support/models.h"

namespace saccade::model {
namespace {

constexpr int bins = 4, classes = 3, anchors = 64 + 16 + 4;  // 64x64 px

/// What a head of the exporters' form is made of, each part to be spoilt by a test.
struct Parts {
    std::vector<float> weights{0, 1, 2, 3};
    std::vector<float> strides{8, 16, 32};
    float centre = 0.5F;
    std::int64_t softmax_axis = 1;
    std::int64_t first_rows = 4 * bins;  ///< of the Split
    bool split = true;                   ///< else distances and classes come apart
    bool second_output = false, reader = false;
    bool cast = false;  ///< behind all, as converters to half precision leave one
    std::string activation = "Sigmoid";
    bool crossed = false;  ///< left, top added and right, bottom subtracted
};

OnnxModel network(const Parts& parts) {
    OnnxWriter w(17);
    w.input("images", {1, 3, 64, 64});
    w.output("output0", {1, 4 + classes, anchors});
    const auto map = [&](std::int64_t channels, std::int64_t stride) {
        const auto count = static_cast<std::size_t>(channels * 3);
        return w.node("Conv",
                      {"images", w.floats(std::vector<float>(count, 0.1F), {channels, 3, 1, 1})},
                      {{"strides", {stride, stride}}});
    };
    const auto levels = [&](std::int64_t channels) {
        std::vector<std::string> flat;
        for (const std::int64_t stride : {8, 16, 32}) {
            flat.push_back(
                w.node("Reshape", {map(channels, stride), w.integers({1, channels, -1})}));
        }
        return w.node("Concat", flat, {}, {{"axis", 2}});
    };
    /// Two values of a Split along dimension 1.
    const auto halves = [&](const std::string& value, std::int64_t a, std::int64_t b) {
        const auto slice = [&](std::int64_t from, std::int64_t to) {
            return w.node("Slice", {value, w.integers({from}), w.integers({to}), w.integers({1})});
        };
        return std::pair(slice(0, a), slice(a, a + b));
    };
    std::string distribution, scores;
    if (parts.split) {
        std::tie(distribution, scores) = halves(levels(4 * bins + classes), parts.first_rows,
                                                4 * bins + classes - parts.first_rows);
    } else {
        distribution = levels(4 * bins);
        scores = levels(classes);
    }
    std::vector<float> xs, ys, strides;
    for (std::size_t level = 0; level < 3; ++level) {
        const int side = 8 >> level;
        for (int i = 0; i < side * side; ++i) {
            xs.push_back(static_cast<float>(i % side) + parts.centre);
            ys.push_back(static_cast<float>(i / side) + parts.centre);
            strides.push_back(parts.strides[level]);
        }
    }
    xs.insert(xs.end(), ys.begin(), ys.end());
    const std::string points = w.floats(xs, {1, 2, anchors});
    std::string at = w.node("Reshape", {distribution, w.integers({1, 4, bins, anchors})});
    at = w.node("Transpose", {at}, {{"perm", {0, 2, 1, 3}}});
    at = w.node("Softmax", {at}, {}, {{"axis", parts.softmax_axis}});
    at = w.node("Conv", {at, w.floats(parts.weights, {1, bins, 1, 1})});
    at = w.node("Reshape", {at, w.integers({1, 4, anchors})});
    const auto [near, far] = halves(at, 2, 2);
    const std::string low = w.node("Sub", {points, parts.crossed ? far : near});
    const std::string high = w.node("Add", {parts.crossed ? near : far, points});
    const std::string middle = w.node("Div", {w.node("Add", {low, high}), w.scalar(2)});
    const std::string size = w.node("Sub", {high, low});
    const std::string boxes = w.node("Mul", {w.node("Concat", {middle, size}, {}, {{"axis", 1}}),
                                             w.floats(strides, {1, anchors})});
    const std::string decoded = parts.cast ? "decoded" : "output0";
    w.node("Concat", {boxes, w.node(parts.activation, {scores})}, {}, {{"axis", 1}}, decoded);
    if (parts.reader || parts.second_output) {
        w.node("Relu", {decoded}, {}, {}, parts.second_output ? "second" : "unused");
    }
    if (parts.cast) w.node("Cast", {decoded}, {}, {{"to", onnx::TensorProto::FLOAT}}, "output0");
    if (parts.second_output) w.output("second", {1, 4 + classes, anchors});
    auto model = OnnxModel::Access::adopt(w.take(), "m.onnx");
    EXPECT_TRUE(model) << model.error().line();
    return std::move(*model);
}

ModelSpec spec_of(const OnnxModel& model) {
    ModelSpec spec;
    spec.output_name = model.outputs()[0].name;
    spec.width = spec.height = 64;
    spec.class_names = {"a", "b", "c"};
    return spec;
}

TEST(RawHead, TheOutputBecomesTheLogits) {
    for (const auto& [split, cast] :
         {std::pair(true, false), {false, false}, {true, true}, {false, true}}) {
        Parts parts;
        parts.split = split;
        parts.cast = cast;
        OnnxModel model = network(parts);
        ModelSpec spec = spec_of(model);
        const auto cut = cut_to_raw_head(model, spec);
        ASSERT_TRUE(cut) << cut.error().line();
        ASSERT_TRUE(*cut);
        EXPECT_EQ(spec.reg_max, bins);
        ASSERT_EQ(model.outputs().size(), 1U);
        EXPECT_EQ(model.outputs()[0].name, "output0");
        EXPECT_EQ(model.outputs()[0].shape,
                  (std::vector<std::int64_t>{1, 4 * bins + classes, anchors}));
        const auto& graph = OnnxModel::Access::proto(model).graph();
        for (const auto& node : graph.node()) {
            EXPECT_TRUE(node.op_type() == "Conv" || node.op_type() == "Reshape" ||
                        node.op_type() == "Concat" || (cast && node.op_type() == "Cast"))
                << node.op_type();
        }
        // The convolutions' weights and the flattening targets.
        EXPECT_EQ(graph.initializer_size(), split ? 6 : 12);
        EXPECT_EQ(graph.node(graph.node_size() - 1).output(0), "output0");
    }
}

TEST(RawHead, WhatDiffersIsLeftAsItIs) {
    const std::vector<std::pair<const char*, std::function<void(Parts&)>>> faults{
        {"weights of the bins", [](Parts& p) { p.weights = {0, 1, 2, 4}; }},
        {"stride", [](Parts& p) { p.strides = {8, 16, 64}; }},
        {"order of strides", [](Parts& p) { p.strides = {32, 16, 8}; }},
        {"anchor points", [](Parts& p) { p.centre = 0; }},
        {"softmax over the sides", [](Parts& p) { p.softmax_axis = 2; }},
        {"softmax over the anchors", [](Parts& p) { p.softmax_axis = -1; }},
        {"rows of the classes", [](Parts& p) { p.first_rows = classes; }},
        {"a second output", [](Parts& p) { p.second_output = true; }},
        {"a reader of the output", [](Parts& p) { p.reader = true; }},
        {"a reader in front of the cast", [](Parts& p) { p.cast = p.reader = true; }},
        {"scores", [](Parts& p) { p.activation = "HardSigmoid"; }},
        {"sides", [](Parts& p) { p.crossed = true; }}};
    for (const auto& [what, spoil] : faults) {
        Parts parts;
        spoil(parts);
        OnnxModel model = network(parts);
        ModelSpec spec = spec_of(model);
        const std::string before = model.to_bytes().value();
        const auto cut = cut_to_raw_head(model, spec);
        ASSERT_TRUE(cut) << what;
        EXPECT_FALSE(*cut) << what;
        EXPECT_EQ(spec.reg_max, 0) << what;
        EXPECT_EQ(model.to_bytes().value(), before) << what;
    }
}

TEST(RawHead, WhatTheSpecContradictsIsLeftAsItIs) {
    const auto refused = [](const std::function<void(ModelSpec&)>& change) {
        OnnxModel model = network({});
        ModelSpec spec = spec_of(model);
        change(spec);
        return !cut_to_raw_head(model, spec).value();
    };
    EXPECT_FALSE(refused([](ModelSpec&) {}));
    EXPECT_TRUE(refused([](ModelSpec& s) { s.layout = HeadLayout::anchors_first; }));
    EXPECT_TRUE(refused([](ModelSpec& s) { s.class_names.pop_back(); }));
    EXPECT_TRUE(refused([](ModelSpec& s) { s.width = 128; }));
    EXPECT_TRUE(refused([](ModelSpec& s) { s.dynamic_size = true; }));
    EXPECT_TRUE(refused([](ModelSpec& s) { s.output_name = "other"; }));
}

TEST(RawHeadRealModel, TheDynamicExportIsCut) {
    SACCADE_NEEDS_MODEL("yolo11n", file);
    auto model = OnnxModel::load(file);
    ASSERT_TRUE(model);
    auto spec = inspect(*model);
    ASSERT_TRUE(spec);
    const auto cut = cut_to_raw_head(*model, *spec);
    ASSERT_TRUE(cut) << cut.error().line();
    EXPECT_TRUE(*cut);
    EXPECT_EQ(spec->reg_max, 16);
    EXPECT_EQ(model->outputs()[0].shape[1], 144);
}

/// As onnxruntime's converter to half precision leaves it: the output's shape in symbols, and what
/// makes it behind a Cast.
TEST(RawHeadRealModel, SoIsOneWhoseOutputIsCast) {
    SACCADE_NEEDS_MODEL("yolo11n", file);
    const auto plain = OnnxModel::load(file);
    ASSERT_TRUE(plain);
    onnx::ModelProto proto = OnnxModel::Access::proto(*plain);
    onnx::GraphProto& graph = *proto.mutable_graph();
    const std::string output = graph.output(0).name();
    for (auto& node : *graph.mutable_node()) {
        if (node.output_size() == 1 && node.output(0) == output) node.set_output(0, "in_half");
    }
    onnx::NodeProto& cast = *graph.add_node();
    cast.set_op_type("Cast");
    cast.add_input("in_half");
    cast.add_output(output);
    onnx::AttributeProto& to = *cast.add_attribute();
    to.set_name("to");
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(onnx::TensorProto::FLOAT);
    proto.clear_metadata_props();  // which would tell what it is
    auto model = OnnxModel::Access::adopt(std::move(proto), "half.onnx");
    ASSERT_TRUE(model) << model.error().line();
    auto spec = inspect(*model);
    ASSERT_TRUE(spec) << spec.error().line();
    EXPECT_EQ(spec->family, Family::yolov8);
    EXPECT_EQ(spec->class_names.size(), 80U);
    const auto cut = cut_to_raw_head(*model, *spec);
    ASSERT_TRUE(cut) << cut.error().line();
    EXPECT_TRUE(*cut);
}

}  // namespace
}  // namespace saccade::model
