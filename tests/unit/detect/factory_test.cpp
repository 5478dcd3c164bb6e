#include "detect/factory.h"

#include <gtest/gtest.h>

#include "model/synthetic_detector.h"
#include "support/files.h"
#include "support/prepared.h"
#include "support/temp_dir.h"
#include "unit/vision/frames.h"

namespace saccade::detect {
namespace {

class Factory : public testing::Test {
  protected:
    static DetectorOptions options_for(const std::filesystem::path& model) {
        DetectorOptions options;
        options.model = test::prepared(model);
        return options;
    }

    ErrorCode code_of_failure(const DetectorOptions& options) {
        const auto made = make_detector(options);
        EXPECT_FALSE(made);
        return made ? ErrorCode::internal : made.error().code;
    }

    test::TempDir folder_;
};

TEST_F(Factory, TheGeneratedModelFindsItsBoxesWhereTheyAre) {
    DetectorOptions options = options_for(*model::write_synthetic_detector(folder_.path()));
    options.input = {320, 320};
    const auto detector = make_detector(options);
    ASSERT_TRUE(detector) << detector.error().line();
    EXPECT_EQ((*detector)->info().input_width, 320);
    EXPECT_EQ((*detector)->info().family, "yolov8");
    EXPECT_EQ((*detector)->info().class_names[2], "blue box");

    // Twice the input's size: the boxes are 40 x 60 and 50 x 30 px there.
    const Box blue{100, 60, 180, 180}, red{400, 200, 500, 260};
    const Frame frame = test::make_frame(PixelFormat::rgb24, 640, 360, [&](int, int column, int y) {
        const auto inside = [&](const Box& box) {
            const auto px = static_cast<float>(column / 3), py = static_cast<float>(y);
            return px >= box.x1 && px < box.x2 && py >= box.y1 && py < box.y2;
        };
        const int channel = column % 3;
        if (inside(blue)) return channel == 2 ? 255 : 0;
        if (inside(red)) return channel == 0 ? 255 : 0;
        return 114;
    });
    ASSERT_TRUE((*detector)->submit(std::vector{frame}));
    const auto found = (*detector)->collect();
    ASSERT_TRUE(found);
    ASSERT_EQ((*found)[0].size(), 2U);
    for (const Detection& d : (*found)[0]) {
        EXPECT_GT(iou(d.box, d.class_id == 2 ? blue : red), 0.9F);
    }
    EXPECT_NE((*found)[0][0].class_id, (*found)[0][1].class_id);
}

TEST_F(Factory, OverridesAreHonoured) {
    const auto file = *model::write_synthetic_detector(folder_.path());
    const std::vector<std::string> names{"one", "two", "three"};
    DetectorOptions options = options_for(file);
    options.model = test::prepared(file, {.class_names = names});
    auto detector = make_detector(options);
    ASSERT_TRUE(detector) << detector.error().line();
    EXPECT_EQ((*detector)->info().class_names, names);
    EXPECT_FALSE((*detector)->info().family_forced);

    // Contradicts the output, whose shape is dynamic.
    options.model = test::prepared(file, {.family = model::Family::end_to_end});
    EXPECT_EQ(code_of_failure(options), ErrorCode::unsupported);
    options.model = test::prepared(file, {.family = model::Family::yolov8});
    detector = make_detector(options);
    ASSERT_TRUE(detector) << detector.error().line();
    EXPECT_TRUE((*detector)->info().family_forced);
    options.thresholds.classes = {3};
    EXPECT_EQ(code_of_failure(options), ErrorCode::invalid_argument);
}

TEST_F(Factory, WhatIsNoModelIsRefused) {
    const auto code_of = [](const std::filesystem::path& file) {
        const auto model = model::PreparedModel::load(file);
        return model ? ErrorCode::internal : model.error().code;
    };
    EXPECT_EQ(code_of(folder_ / "missing.onnx"), ErrorCode::not_found);
    test::write_file(folder_ / "text.onnx", "this is no network");
    EXPECT_EQ(code_of(folder_ / "text.onnx"), ErrorCode::corrupt);
}

TEST_F(Factory, YoloxRunsWithItsOwnPreprocessing) {
    SACCADE_NEEDS_SHARED("models/yolox_nano.onnx");
    const auto path = test::shared_dir() / "models/yolox_nano.onnx";
    const auto detector = make_detector(options_for(path));
    ASSERT_TRUE(detector) << detector.error().line();
    EXPECT_EQ((*detector)->info().family, "yolox");
    EXPECT_EQ((*detector)->info().input_width, 416);
    const Frame frame =
        test::make_frame(PixelFormat::i420, 64, 48, [](int, int, int) { return 128; });
    ASSERT_TRUE((*detector)->submit(std::vector{frame}));
    EXPECT_TRUE((*detector)->collect());
}

}  // namespace
}  // namespace saccade::detect
