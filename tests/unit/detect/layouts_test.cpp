// Every exporter's layout, read by us and by an independent reader.
//
// The golden values are what bench/peers/read_layouts.py makes of the same networks and the same
// picture with onnxruntime and numpy. To make them again:
//   SACCADE_WRITE_LAYOUTS=/tmp/layouts build/release/tests/unit/detect/test_layouts
//   python3 bench/peers/read_layouts.py /tmp/layouts > tests/golden/layouts.json
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "detect/factory.h"
#include "detect/first_look.h"
#include "infer/registry.h"
#include "support/head_networks.h"
#include "support/test_picture.h"

namespace saccade::detect {
namespace {

using nlohmann::json;
using testing::HasSubstr;

DetectorOptions options_for(model::PreparedModel model, infer::Device device = {}) {
    DetectorOptions options;
    options.model = std::make_shared<const model::PreparedModel>(std::move(model));
    options.backend.device = device;
    options.backend.precision = infer::Precision::fp32;
    options.backend.builder_level = 0;  // an engine for each layout: 35 s each at its usual level
    return options;
}

json golden() {
    std::ifstream file(std::string(std::getenv("SACCADE_SOURCE_DIR")) +
                       "/tests/golden/layouts.json");
    return json::parse(file);
}

/// How far a device's arithmetic may be off. GPUs multiply FP32 with 10 bits of fraction (TF32),
/// and the weights of these networks are large.
struct Tolerance {
    float pixels, score;
};

void expect_equal(const Detections& found, const json& wanted, const Tolerance& tolerance,
                  const std::string& layout) {
    ASSERT_EQ(found.size(), wanted.size()) << layout;
    std::vector<bool> used(found.size());
    for (const json& want : wanted) {
        bool matched = false;
        for (std::size_t i = 0; i < found.size() && !matched; ++i) {
            const Detection& d = found[i];
            const float values[] = {d.box.x1, d.box.y1, d.box.x2, d.box.y2};
            bool near = !used[i] && d.class_id == want["class"].get<int>() &&
                        std::abs(d.score - want["score"].get<float>()) < tolerance.score;
            for (std::size_t k = 0; k < 4; ++k) {
                near = near && std::abs(values[k] - want["box"][k].get<float>()) < tolerance.pixels;
            }
            if (near) used[i] = matched = true;
        }
        EXPECT_TRUE(matched) << layout << ": " << want.dump();
    }
}

class Layouts : public testing::TestWithParam<std::string> {};

TEST_P(Layouts, AreReadAsAnIndependentReaderReadsThem) {
    const auto model = test::head_network(GetParam());
    if (const char* folder = std::getenv("SACCADE_WRITE_LAYOUTS")) {
        std::ofstream(std::string(folder) + "/" + GetParam() + ".onnx", std::ios::binary)
            << model.to_bytes().value();
        GTEST_SKIP() << "written";
    }
    auto prepared = model::PreparedModel::prepare(model);
    ASSERT_TRUE(prepared) << prepared.error().line();
    const auto wanted = golden().at(GetParam());
    const Frame picture = test::formula_picture(test::network_side, test::network_side);
    for (const auto& backend : infer::backends()) {
        if (!backend.available) continue;
        const bool cpu = backend.name == "openvino";
        const auto detector =
            make_detector(options_for(*prepared, cpu ? infer::Device{} : infer::Device{0}));
        ASSERT_TRUE(detector) << backend.name << ": " << detector.error().line();
        ASSERT_TRUE((*detector)->submit({&picture, 1}));
        const auto found = (*detector)->collect();
        ASSERT_TRUE(found) << found.error().line();
        EXPECT_GT(wanted.size(), 3U);
        expect_equal(found->front(), wanted, cpu ? Tolerance{0.02F, 1e-4F} : Tolerance{0.5F, 5e-3F},
                     GetParam() + " on " + backend.name);
    }
}

INSTANTIATE_TEST_SUITE_P(Exporters, Layouts, testing::ValuesIn(test::read_layouts()),
                         [](const auto& layout) {
                             std::string name = layout.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

std::string refusal(const model::OnnxModel& model, const model::SpecOverrides& overrides) {
    auto prepared = model::PreparedModel::prepare(model, overrides);
    if (!prepared) return prepared.error().line();
    const auto detector = make_detector(options_for(*prepared));
    return detector ? "taken" : detector.error().line();
}

TEST(FirstLook, RefusesWhatAForcedReadingGives) {
    const model::SpecOverrides as_yolov8{.family = model::Family::yolov8};
    EXPECT_THAT(refusal(test::head_network("corners"), as_yolov8), HasSubstr("two corners"));
    EXPECT_THAT(refusal(test::head_network("logits"), as_yolov8), HasSubstr("scores from -"));
    EXPECT_THAT(refusal(test::head_network("normalised"), as_yolov8), HasSubstr("boxes of 0 to 1"));
    EXPECT_THAT(refusal(test::head_network("pose"), as_yolov8), HasSubstr("scores from "));
    EXPECT_EQ(refusal(test::head_network("yolov8"), as_yolov8), "taken");
}

TEST(FirstLook, RefusesCornersThoughNothingElseTells) {
    EXPECT_THAT(
        refusal(test::head_network("corners"), {}),
        HasSubstr("corners.onnx: its output can't be what it was read as (yolov8): boxes by two "
                  "corners, not by centre and size; say how it is to be read with --family"));
}

TEST(FirstLook, RowsMustHoldScoresClassesAndCorners) {
    model::ModelSpec spec;
    spec.layout = model::HeadLayout::rows;
    spec.class_names = {"a", "b"};
    std::vector<float> rows;
    for (int i = 0; i < 20; ++i) {
        const auto x = static_cast<float>(10 * i);
        rows.insert(rows.end(), {x, x, x + 20, x + 30, 0.5F, static_cast<float>(i % 2)});
    }
    const auto said = [&](const std::vector<float>& output) {
        const auto ok = check_output(output, output.size() / 6, 6, spec, "m");
        return ok ? std::string("taken") : ok.error().message;
    };
    EXPECT_EQ(said(rows), "taken");
    const auto with = [&](std::size_t column, float value) {
        auto changed = rows;
        for (std::size_t i = column; i < changed.size(); i += 6) changed[i] = value;
        return said(changed);
    };
    EXPECT_THAT(with(4, 4.7F), HasSubstr("a score of 4.7"));
    EXPECT_THAT(with(5, 0.5F), HasSubstr("0.5 for a class id"));
    EXPECT_THAT(with(5, 2), HasSubstr("class 2 of 2"));
    EXPECT_THAT(with(2, -5), HasSubstr("end before they begin"));
    EXPECT_THAT(with(4, std::nanf("")), HasSubstr("a score of nan"));
    auto small = rows;
    for (std::size_t i = 0; i < small.size(); ++i) {
        if (i % 6 < 4) small[i] /= 400;
    }
    EXPECT_THAT(said(small), HasSubstr("boxes of 0 to 1"));
    EXPECT_EQ(said(std::vector<float>(60, -1)), "taken");  // filling
}

}  // namespace
}  // namespace saccade::detect
