#include "model/make_dynamic.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <openvino/openvino.hpp>
#include <random>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "model/prepared_model.h"
#include "support/models.h"

namespace saccade::model {
namespace {

using testing::HasSubstr;

/// Runs a network as it stands, without our backend: the reference. `input` holds one batch of
/// `shape` or several, which run after each other; output 0 of all.
std::vector<float> run(const OnnxModel& model, const std::vector<float>& input, ov::Shape shape) {
    ov::Core core;
    auto network = core.read_model(model.to_bytes().value(), ov::Tensor());
    network->reshape(ov::PartialShape(shape));
    auto request =
        core.compile_model(network, "CPU", ov::hint::inference_precision(ov::element::f32))
            .create_infer_request();
    std::vector<float> outputs;
    for (std::size_t at = 0; at < input.size(); at += ov::shape_size(shape)) {
        request.set_input_tensor(
            ov::Tensor(ov::element::f32, shape, const_cast<float*>(input.data() + at)));
        request.infer();
        const auto output = request.get_output_tensor(0);
        EXPECT_EQ(output.get_shape()[0], shape[0]);
        const auto* values = output.data<const float>();
        outputs.insert(outputs.end(), values, values + output.get_size());
    }
    return outputs;
}

std::vector<float> noise(std::size_t count, float scale) {
    std::mt19937 random(11);
    std::vector<float> values(count);
    for (float& v : values) v = scale * static_cast<float>(random() >> 8) * 0x1p-24F;
    return values;
}

/// Two images in one batch must give what each of them gives alone in the file as it was.
void expect_batch_equals_singles(const OnnxModel& before, const OnnxModel& after, std::size_t h,
                                 std::size_t w, float scale) {
    const auto both = noise(2 * 3 * h * w, scale);
    const auto batch = run(after, both, {2, 3, h, w});
    const auto singles = run(before, both, {1, 3, h, w});
    ASSERT_EQ(batch.size(), singles.size());
    float worst = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        worst = std::max(worst, std::abs(singles[i] - batch[i]));
    }
    EXPECT_LE(worst, 1e-4F * scale);
}

/// A head with what ties real ones: constant Reshape targets, Expand, TopK, rows gathered from a
/// flattened index, and (as asked) an anchor grid of constant size.
OnnxModel network(bool anchors, bool shared_target = false) {
    OnnxWriter writer(17);
    writer.input("images", {1, 3, 32, 32});
    writer.output("output0", {1, 20, 6});
    std::vector<float> weights(6 * 3 * 8 * 8);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = static_cast<float>((i * 37 + i / 64) % 17) / 17 - 0.5F;
    }
    const std::string map = writer.node("Conv", {"images", writer.floats(weights, {6, 3, 8, 8})},
                                        {{"strides", {4, 4}}, {"pads", {4, 4, 3, 3}}});
    const std::string target = writer.integers({1, 6, 64});
    std::string flat = writer.node("Reshape", {map, target});
    if (shared_target) flat = writer.node("Reshape", {flat, target});
    if (anchors) {
        std::vector<float> grid(64);
        for (std::size_t i = 0; i < grid.size(); ++i) grid[i] = static_cast<float>(i);
        flat = writer.node("Add", {flat, writer.floats(grid, {1, 1, 64})});
    }
    const std::string rows = writer.node("Transpose", {flat}, {{"perm", {0, 2, 1}}});
    const std::string best = writer.node("ReduceMax", {rows}, {{"axes", {-1}}}, {{"keepdims", 0}});
    // The indices of the best 20 by a descending sort: TopK's second output.
    auto proto = writer.take();
    auto& graph = *proto.mutable_graph();
    auto* k = graph.add_initializer();
    k->set_name("k");
    write_integers(*k, {20});
    auto* last = graph.add_initializer();
    last->set_name("last");
    write_integers(*last, {-1});
    auto* reps = graph.add_initializer();
    reps->set_name("reps");
    write_integers(*reps, {1, 1, 6});
    const auto node = [&](const char* op, std::vector<std::string> in, std::vector<std::string> out,
                          std::optional<std::int64_t> axis = {}) {
        auto* made = graph.add_node();
        made->set_op_type(op);
        made->set_name(out.back());
        for (const auto& name : in) made->add_input(name);
        for (const auto& name : out) made->add_output(name);
        if (!axis) return;
        auto* attribute = made->add_attribute();
        attribute->set_name("axis");
        attribute->set_type(onnx::AttributeProto::INT);
        attribute->set_i(*axis);
    };
    node("TopK", {best, "k"}, {"values", "index"}, -1);
    node("Unsqueeze", {"index", "last"}, {"column"});
    node("Flatten", {"column"}, {"stacked"}, 2);
    node("TopK", {"values", "k"}, {"again", "order"}, -1);
    node("Gather", {"stacked", "order"}, {"picked"}, 0);
    node("Tile", {"picked", "reps"}, {"six"});
    node("GatherElements", {rows, "six"}, {"output0"}, 1);
    auto model = OnnxModel::Access::adopt(std::move(proto), "m.onnx");
    EXPECT_TRUE(model) << model.error().line();
    return std::move(*model);
}

ModelSpec spec_of(const OnnxModel& model) {
    auto spec = inspect(model, {Family::end_to_end, {"a"}});
    EXPECT_TRUE(spec) << spec.error().line();
    return *spec;
}

TEST(MakeDynamic, FreesTheBatchOfAHeadWithConstants) {
    for (const bool anchors : {false, true}) {
        for (const bool shared : {false, true}) {
            const OnnxModel before = network(anchors, shared);
            const auto freed = make_dynamic(before, spec_of(before));
            EXPECT_TRUE(freed.dynamic_batch) << freed.kept;
            EXPECT_FALSE(freed.dynamic_size);
            EXPECT_THAT(freed.kept, HasSubstr("size tied by Reshape"));
            EXPECT_EQ(shape_text(freed.model.inputs()[0]), "[?,3,32,32]");
            EXPECT_EQ(shape_text(freed.model.outputs()[0]), "[?,20,6]");
            expect_batch_equals_singles(before, freed.model, 32, 32, 1);
        }
    }
}

/// One node between a convolution and the output.
DynamicModel with_node(const std::string& op, const std::vector<OnnxWriter::IntegerList>& lists,
                       const std::vector<std::pair<std::string, std::int64_t>>& numbers,
                       const std::vector<std::int64_t>& shape_input = {}) {
    OnnxWriter writer(17);
    writer.input("images", {1, 3, 32, 32});
    writer.output("output0", {1, 8, 6});
    const std::string weights = writer.floats(std::vector<float>(18, 1), {6, 3, 1, 1});
    std::vector<std::string> inputs{writer.node("Conv", {"images", weights})};
    if (!shape_input.empty()) inputs.push_back(writer.integers(shape_input));
    writer.node(op, inputs, lists, numbers, "output0");
    auto model = OnnxModel::Access::adopt(writer.take(), "m.onnx");
    EXPECT_TRUE(model) << model.error().line();
    return make_dynamic(*model, spec_of(*model));
}

TEST(MakeDynamic, WhatMixesImagesKeepsTheBatch) {
    using Lists = std::vector<OnnxWriter::IntegerList>;
    EXPECT_FALSE(with_node("Transpose", Lists{{"perm", {1, 0, 2, 3}}}, {}).dynamic_batch);
    EXPECT_FALSE(with_node("Softmax", {}, {{"axis", 0}}).dynamic_batch);
    EXPECT_FALSE(with_node("Softmax", {}, {{"axis", -4}}).dynamic_batch);
    EXPECT_TRUE(with_node("Softmax", {}, {{"axis", -3}}).dynamic_batch);
    EXPECT_FALSE(with_node("ReduceMax", Lists{{"axes", {0, 2}}}, {}).dynamic_batch);
    EXPECT_FALSE(with_node("ReduceMax", {}, {}).dynamic_batch);  // over all
    EXPECT_TRUE(with_node("ReduceMax", Lists{{"axes", {2}}}, {}).dynamic_batch);
    EXPECT_FALSE(with_node("Reshape", {}, {}, {-1, 6}).dynamic_batch);
    EXPECT_FALSE(with_node("Reshape", {}, {}, {6, 1024}).dynamic_batch);
    EXPECT_TRUE(with_node("Reshape", {}, {}, {1, -1, 6}).dynamic_batch);
    EXPECT_TRUE(with_node("Reshape", {}, {}, {0, -1, 6}).dynamic_batch);
    EXPECT_FALSE(with_node("Squeeze", {}, {}, {0}).dynamic_batch);
    EXPECT_FALSE(with_node("Tile", {}, {}, {2, 1, 1, 1}).dynamic_batch);
    EXPECT_FALSE(with_node("NoSuchOperator", {}, {}).dynamic_batch);
    EXPECT_THAT(with_node("Softmax", {}, {{"axis", 0}}).kept, HasSubstr("batch tied by Softmax"));
}

TEST(MakeDynamic, AnUnchangeableModelComesBackAsItWas) {
    OnnxWriter writer(17);
    writer.input("images", {1, 3, 32, 32});
    writer.output("output0", {1, 8, 6});
    writer.node("NoSuchOperator", {"images"}, {}, {}, "output0");
    const auto model = OnnxModel::Access::adopt(writer.take(), "m.onnx").value();
    const auto freed = make_dynamic(model, spec_of(model));
    EXPECT_FALSE(freed.dynamic_batch);
    EXPECT_FALSE(freed.dynamic_size);
    EXPECT_EQ(freed.model.to_bytes().value(), model.to_bytes().value());
}

TEST(MakeDynamicRealModel, Yolo26nRunsInBatches) {
    SACCADE_NEEDS_MODEL("yolo26n", path);
    const auto model = OnnxModel::load(path).value();
    const auto freed = make_dynamic(model, inspect(model).value());
    ASSERT_TRUE(freed.dynamic_batch) << freed.kept;
    EXPECT_FALSE(freed.dynamic_size);
    expect_batch_equals_singles(model, freed.model, 640, 640, 1);
}

TEST(MakeDynamicRealModel, YoloxRunsInBatchesAndOtherSizes) {
    SACCADE_NEEDS_MODEL("yolox_nano", path);
    const auto model = OnnxModel::load(path).value();
    const auto freed = make_dynamic(model, inspect(model).value());
    ASSERT_TRUE(freed.dynamic_batch && freed.dynamic_size) << freed.kept;
    expect_batch_equals_singles(model, freed.model, 416, 416, 255);
    EXPECT_EQ(run(freed.model, noise(3 * 320 * 256, 255), {1, 3, 320, 256}).size(),
              std::size_t{85} * (40 * 32 + 20 * 16 + 10 * 8));
    const auto again = inspect(freed.model);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->family, Family::yolox);
    EXPECT_TRUE(again->dynamic_size);
}

}  // namespace
}  // namespace saccade::model
