#include "model/prepared_model.h"

#include <gmock/gmock.h>

#include "model/onnx_access.h"
#include "model/onnx_writer.h"
#include "support/head_networks.h"
#include "support/models.h"

namespace saccade::model {
namespace {

using testing::HasSubstr;
using Shape = std::vector<std::int64_t>;
using Metadata = std::vector<std::pair<std::string, std::string>>;

/// A head whose declared shape is believed, columns along `axis`: boxes come out of arithmetic,
/// scores out of a sigmoid. `last` "Exp" stands for YOLOX's decoding, "raw" for what isn't decoded,
/// "labels" for a last column of whole numbers.
OnnxModel network(const Shape& input, const Shape& output, const Metadata& metadata = {},
                  int axis = 1, const std::string& last = "") {
    OnnxWriter writer(17);
    writer.input("images", input);
    writer.output("output0", output);
    const auto conv = [&](std::int64_t channels) {
        const std::vector<float> weights(static_cast<std::size_t>(3 * channels), 0.5F);
        const std::string map =
            writer.node("Conv", {"images", writer.floats(weights, {channels, 3, 1, 1})});
        return writer.node("Reshape", {map, writer.integers({0, 0, -1})});
    };
    std::vector<std::string> parts;
    if (last == "raw") {
        parts.push_back(conv(4));
    } else if (last == "Exp") {
        parts.push_back(writer.node("Exp", {conv(4)}));
    } else {
        parts.push_back(writer.node("Mul", {conv(4), writer.scalar(8)}));
    }
    const std::size_t at = static_cast<std::size_t>(axis);
    const std::int64_t columns = output.size() > at ? output[at] : 5;
    std::int64_t scores = std::max<std::int64_t>(columns - 4, 1);
    if (last == "raw" || last == "Exp" || last == "labels") {
        parts.push_back(
            writer.node("Sigmoid", {conv(1)}));  // objectness, or the best class's score
        --scores;
    }
    if (last == "labels") {
        const std::string whole =
            writer.node("Cast", {conv(1)}, {}, {{"to", onnx::TensorProto::INT64}});
        parts.push_back(writer.node("Cast", {whole}, {}, {{"to", onnx::TensorProto::FLOAT}}));
    } else {
        parts.push_back(writer.node("Sigmoid", {conv(scores)}));
    }
    const std::string head =
        writer.node("Concat", parts, {}, {{"axis", 1}}, axis == 1 ? "output0" : "");
    if (axis == 2) writer.node("Transpose", {head}, {{"perm", {0, 2, 1}}}, {}, "output0");
    for (const auto& [key, value] : metadata) writer.metadata(key, value);
    auto model = OnnxModel::Access::adopt(writer.take(), "m.onnx");
    EXPECT_TRUE(model) << model.error().line();
    return std::move(*model);
}

const Shape square{1, 3, 640, 640};

struct Known {
    const char* what;
    Shape output;
    int axis;
    std::string last;
    Metadata metadata;
    Family family;
    std::size_t classes;
};

TEST(Inspect, TellsFamiliesByShapeAndGraph) {
    for (const auto& [what, output, axis, last, metadata, family, classes] : {
             Known{"v8 of COCO", {1, 84, 8400}, 1, "", {}, Family::yolov8, 80},
             Known{"v8 of one class", {1, 5, 8400}, 1, "", {}, Family::yolov8, 1},
             Known{"v8 of two classes", {1, 6, 8400}, 1, "", {}, Family::yolov8, 2},
             Known{"v8, anchors unknown", {1, 84, -1}, 1, "", {}, Family::yolov8, 80},
             Known{"v8, turned round", {1, 8400, 84}, 2, "", {}, Family::yolov8, 80},
             Known{"v5 of COCO", {1, 25200, 85}, 2, "", {}, Family::yolov5, 80},
             Known{"v5 of one class", {1, 25200, 6}, 2, "", {}, Family::yolov5, 1},
             Known{"end to end",
                   {1, 300, 6},
                   2,
                   "labels",
                   {{"names", "['a', 'b']"}},
                   Family::end_to_end,
                   2},
             Known{"end to end, by its word",
                   {1, 100, 6},
                   2,
                   "labels",
                   {{"end2end", "True"}, {"names", "['a']"}},
                   Family::end_to_end,
                   1},
             Known{"rows of all cells",
                   {1, 8400, 6},
                   2,
                   "labels",
                   {{"names", "['a']"}},
                   Family::rows,
                   1},
             Known{"YOLOX, raw grids", {1, 8400, 85}, 2, "raw", {}, Family::yolox, 80},
             Known{"YOLOX of one class, raw", {1, 8400, 6}, 2, "raw", {}, Family::yolox, 1},
             Known{"YOLOX, decoded", {1, 8400, 85}, 2, "Exp", {}, Family::yolov5, 80},
         }) {
        const auto spec = inspect(network(square, output, metadata, axis, last));
        ASSERT_TRUE(spec) << what << ": " << spec.error().line();
        EXPECT_EQ(spec->family, family) << what;
        EXPECT_FALSE(spec->forced);
        EXPECT_EQ(spec->class_names.size(), classes) << what;
        EXPECT_EQ(spec->input_name, "images");
    }
}

TEST(Inspect, YoloxTakesItsOwnInput) {
    for (const char* last : {"raw", "Exp"}) {
        const auto spec = inspect(network(square, {1, 8400, 85}, {}, 2, last));
        ASSERT_TRUE(spec);
        EXPECT_EQ(spec->input, (InputSpec{true, 1.0F, Placement::top_left, 114}));
    }
    const auto other = inspect(network(square, {1, 25200, 85}, {}, 2));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->input, InputSpec{});
}

TEST(Inspect, TheUsersWordOnTheInputWins) {
    const auto model = network(square, {1, 8400, 85}, {}, 2, "raw");
    const auto spec =
        inspect(model, {.family = {}, .class_names = {}, .bgr = false, .scale = 0.5F});
    ASSERT_TRUE(spec);
    EXPECT_EQ(spec->input, (InputSpec{false, 0.5F, Placement::top_left, 114}));
}

TEST(Inspect, NamesComeFromTheUserTheFileOrCoco) {
    const auto coco = inspect(network(square, {1, 84, 8400}));
    ASSERT_TRUE(coco);
    EXPECT_EQ(coco->class_names[79], "toothbrush");
    const auto numbered = inspect(network(square, {1, 7, 8400}));
    ASSERT_TRUE(numbered);
    EXPECT_THAT(numbered->class_names, testing::ElementsAre("class 0", "class 1", "class 2"));
    const auto model = network(square, {1, 6, 8400}, {{"names", "{0: 'cat', 1: 'dog'}"}});
    EXPECT_THAT(inspect(model)->class_names, testing::ElementsAre("cat", "dog"));
    EXPECT_THAT(inspect(model, {.family = {}, .class_names = {"a", "b"}})->class_names,
                testing::ElementsAre("a", "b"));
    const auto wrong = inspect(model, {.family = {}, .class_names = {"a", "b", "c"}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(wrong.error().message,
                HasSubstr("3 class names were given, but the network has 2"));
}

TEST(Inspect, SizesComeFromShapesThenMetadata) {
    const auto fixed = inspect(network({1, 3, 384, 672}, {1, 84, 5292}, {{"imgsz", "[640, 640]"}}));
    ASSERT_TRUE(fixed);
    EXPECT_EQ(fixed->height, 384);
    EXPECT_EQ(fixed->width, 672);
    EXPECT_EQ(fixed->batch, 1);
    EXPECT_EQ(fixed->detections, 5292);
    EXPECT_FALSE(fixed->dynamic_size);
    const auto free = inspect(
        network({-1, 3, -1, -1}, {-1, 84, -1}, {{"imgsz", "[320, 512]"}, {"stride", "32"}}));
    ASSERT_TRUE(free);
    EXPECT_EQ(free->height, 320);
    EXPECT_EQ(free->width, 512);
    EXPECT_EQ(free->batch, 0);
    EXPECT_EQ(free->detections, 0);
    EXPECT_TRUE(free->dynamic_size);
    for (const char* nonsense : {"[0, 0]", "[-32]", "[641, 640]", "[1000000000, 32]", "", "big",
                                 "[99999999999999999999]"}) {
        const auto spec = inspect(network({-1, 3, -1, -1}, {-1, 84, -1}, {{"imgsz", nonsense}}));
        ASSERT_TRUE(spec);
        EXPECT_EQ(spec->height, 640) << nonsense;
        EXPECT_EQ(spec->width, 640) << nonsense;
    }
    for (const char* nonsense : {"0", "-8", "1000000", "x"}) {
        EXPECT_EQ(inspect(network(square, {1, 84, 8400}, {{"stride", nonsense}}))->stride, 32);
    }
    EXPECT_EQ(inspect(network(square, {1, 84, 8400}, {{"stride", "[8, 16, 64]"}}))->stride, 64);
}

TEST(Inspect, RefusesWhatIsNoDetector) {
    const auto refusal = [](const OnnxModel& model, const SpecOverrides& overrides = {}) {
        const auto spec = inspect(model, overrides);
        return spec ? std::string("taken") : spec.error().line();
    };
    EXPECT_THAT(
        refusal(network(square, {1, 1000})),
        HasSubstr("m.onnx: not a detection network we can read: output output0 [1,1000]; if it "
                  "is a detector, say how it is to be read with --family yolov5|yolov8|"));
    EXPECT_THAT(refusal(network(square, {1, 32, 160, 160})), HasSubstr("[1,32,160,160]"));
    EXPECT_THAT(refusal(network(square, {1, 116, 8400}, {{"task", "segment"}})),
                HasSubstr("its task is 'segment'"));
    EXPECT_THAT(refusal(network(square, {1, 56, 8400}, {{"names", "['person']"}})),
                HasSubstr("names 1 classes, but its output has 52"));
    EXPECT_THAT(refusal(network({1, 1, 640, 640}, {1, 84, 8400})),
                HasSubstr("is not [N,3,height,width]"));
    EXPECT_THAT(refusal(network({1, 640, 640, 3}, {1, 84, 8400})), HasSubstr("is not [N,3"));
    EXPECT_THAT(refusal(network({1, 3, 1 << 20, 1 << 20}, {1, 84, 8400})), HasSubstr("too large"));
    EXPECT_THAT(refusal(network(square, {1, 84, 8400}), {.family = Family::end_to_end}),
                HasSubstr("output output0 [1,84,8400] can't be read as e2e"));
}

TEST(Inspect, RefusesToChooseWhereNothingTells) {
    // As many anchors as a grid of another network's, no names: five columns or four before the
    // classes?
    const auto spec = inspect(network(square, {1, 1234, 85}, {}, 2));
    ASSERT_FALSE(spec);
    EXPECT_EQ(spec.error().code, ErrorCode::unsupported);
    const auto unnumbered =
        inspect(network(square, {1, 300, 6}, {{"end2end", "True"}}, 2, "labels"));
    ASSERT_FALSE(unnumbered);
    EXPECT_THAT(unnumbered.error().line(), HasSubstr("how many classes it has can't be told"));
}

TEST(Inspect, TheUsersFamilyWins) {
    const auto model = network(square, {1, 25200, 85}, {}, 2);
    EXPECT_EQ(inspect(model)->family, Family::yolov5);
    const auto forced = inspect(model, {.family = Family::yolox});
    ASSERT_TRUE(forced);
    EXPECT_EQ(forced->family, Family::yolox);
    EXPECT_TRUE(forced->forced);
    EXPECT_TRUE(forced->input.bgr);
}

TEST(Inspect, FamilyNamesGoBothWays) {
    EXPECT_EQ(families().size(), 11U);
    for (const Family family : families()) EXPECT_EQ(family_from(to_string(family)), family);
    EXPECT_FALSE(family_from("yolov99"));
}

TEST(InspectLayouts, EachExportersIsRecognised) {
    for (const std::string& layout : test::read_layouts()) {
        const auto spec = inspect(test::head_network(layout));
        ASSERT_TRUE(spec) << layout << ": " << spec.error().line();
        EXPECT_EQ(spec->class_names.size(), 3U) << layout;
        const std::string family{to_string(spec->family)};
        if (layout == "yolox-decoded") {
            EXPECT_EQ(family, "yolov5");
        } else {
            EXPECT_TRUE(layout.starts_with(family)) << layout << " as " << family;
        }
    }
}

TEST(InspectLayouts, OtherTasksAreRefusedWithoutMetadata) {
    for (const std::string& layout : test::refused_layouts()) {
        if (layout == "corners") continue;  // told only by what it gives: see first_look
        const auto spec = inspect(test::head_network(layout));
        ASSERT_FALSE(spec) << layout << " was read as " << to_string(spec->family);
        EXPECT_EQ(spec.error().code, ErrorCode::unsupported);
        EXPECT_THAT(spec.error().line(),
                    HasSubstr(layout + ".onnx: not a detection network we can read"));
        EXPECT_THAT(spec.error().line(), HasSubstr("--family"));
    }
}

TEST(InspectLayouts, NamesOfAnotherNumberAreRefused) {
    for (const char* layout : {"yolov8", "yolov5", "yolo-nas", "hf-detr"}) {
        const auto spec = inspect(test::head_network(layout, {{"names", "['a', 'b']"}}));
        ASSERT_FALSE(spec) << layout;
    }
}

TEST(InspectRealModel, TheSharedModelsAreKnown) {
    SACCADE_NEEDS_MODEL("yolo11n", yolo11n);
    SACCADE_NEEDS_MODEL("yolo26n", yolo26n);
    SACCADE_NEEDS_MODEL("yolox_nano", yolox);
    const auto v11 = inspect(OnnxModel::load(yolo11n).value());
    ASSERT_TRUE(v11) << v11.error().line();
    EXPECT_EQ(v11->family, Family::yolov8);
    EXPECT_TRUE(v11->dynamic_size);
    EXPECT_EQ(v11->class_names.size(), 80U);
    const auto v26 = inspect(OnnxModel::load(yolo26n).value());
    ASSERT_TRUE(v26) << v26.error().line();
    EXPECT_EQ(v26->family, Family::end_to_end);
    EXPECT_EQ(v26->detections, 300);
    EXPECT_EQ(v26->width, 640);
    const auto x = inspect(OnnxModel::load(yolox).value());
    ASSERT_TRUE(x) << x.error().line();
    EXPECT_EQ(x->family, Family::yolox);
    EXPECT_EQ(x->width, 416);
    EXPECT_EQ(x->detections, 3549);
    EXPECT_TRUE(x->input.bgr);
    EXPECT_EQ(x->class_names[0], "person");
}

}  // namespace
}  // namespace saccade::model
