#include "detect/postprocess.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace saccade::detect {
namespace {

model::ModelSpec spec_of(model::Family family) {
    model::ModelSpec spec;
    spec.family = family;
    const bool rows = family == model::Family::end_to_end;
    if (rows) spec.layout = model::HeadLayout::rows;
    if (family == model::Family::yolov5 || family == model::Family::yolox) {
        spec.layout = model::HeadLayout::anchors_first;
    }
    spec.on_grids = family == model::Family::yolox;
    spec.suppressed = rows;
    spec.class_names = {"a", "b"};
    return spec;
}

infer::TensorView view(std::vector<float>& values, infer::Shape shape) {
    return {values.data(), infer::ElementType::f32, std::move(shape)};
}

const vision::Letterbox same = vision::make_letterbox(64, 64, 64, 64, Placement::centered);

TEST(Postprocess, ReadsEveryFamilyAlike) {
    // One object at 10..30 x 20..40 of class 1, score 0.5, with a worse copy beside it.
    std::vector<float> v8{20, 21, 30, 30, 20, 20, 20, 20, 0.1F, 0.1F, 0.5F, 0.4F};
    std::vector<float> v5{20, 30, 20, 20, 1, 0.1F, 0.5F, 21, 30, 20, 20, 1, 0.1F, 0.4F};
    std::vector<float> e2e{10, 20, 30, 40, 0.5F, 1, 11, 20, 31, 40, 0.1F, 1};
    std::vector<float> x(84 * 7, 0.0F);  // 64x64: 64 + 16 + 4 cells; cell (1, 2) of stride 16
    float* const row = x.data() + (64 + 1 * 4 + 1) * 7;
    row[0] = 0.25F, row[1] = 0.875F, row[2] = row[3] = std::log(20.0F / 16);
    row[4] = 1, row[6] = 0.5F;
    const struct {
        model::Family family;
        infer::TensorView output;
    } heads[] = {{model::Family::yolov8, view(v8, {1, 6, 2})},
                 {model::Family::yolov5, view(v5, {1, 2, 7})},
                 {model::Family::end_to_end, view(e2e, {1, 2, 6})},
                 {model::Family::yolox, view(x, {1, 84, 7})}};
    for (const auto& head : heads) {
        SCOPED_TRACE(model::to_string(head.family));
        Postprocessor postprocessor(spec_of(head.family), 64, 64, {});
        const auto found = postprocessor.run(head.output, 0, same);
        ASSERT_TRUE(found);
        ASSERT_EQ(found->size(), 1U);
        EXPECT_EQ((*found)[0].class_id, 1);
        EXPECT_FLOAT_EQ((*found)[0].score, 0.5F);
        EXPECT_NEAR((*found)[0].box.x1, 10, 1e-4);
        EXPECT_NEAR((*found)[0].box.y1, 20, 1e-4);
        EXPECT_NEAR((*found)[0].box.x2, 30, 1e-4);
        EXPECT_NEAR((*found)[0].box.y2, 40, 1e-4);
    }
}

TEST(Postprocess, TakesTheImageAsked) {
    std::vector<float> rows{0, 0, 9, 9, 0.9F, 0, 5, 5, 9, 9, 0.8F, 1};
    Postprocessor postprocessor(spec_of(model::Family::end_to_end), 64, 64, {});
    const infer::TensorView output = view(rows, {2, 1, 6});
    EXPECT_EQ((*postprocessor.run(output, 0, same))[0].class_id, 0);
    EXPECT_EQ((*postprocessor.run(output, 1, same))[0].class_id, 1);
}

TEST(Postprocess, BoxesOutsideThePictureOrBrokenAreDropped) {
    const float nan_value = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> rows{-20, 0, -5, 9,  0.9F, 0, 30,  30, 10, 10, 0.9F,      0,
                            5,   5, 5,  50, 0.9F, 0, -10, 60, 10, 80, 0.9F,      0,
                            5,   5, 9,  9,  0.9F, 5, 5,   5,  9,  9,  nan_value, 0};
    Postprocessor postprocessor(spec_of(model::Family::end_to_end), 64, 64, {});
    const auto found = postprocessor.run(view(rows, {1, 6, 6}), 0, same);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ((*found)[0].box, (Box{0, 60, 10, 64}));
}

TEST(Postprocess, AShapeThatIsNotTheFamilysIsAnError) {
    std::vector<float> values(1000);
    for (const auto family : {model::Family::yolov5, model::Family::yolov8,
                              model::Family::end_to_end, model::Family::yolox}) {
        Postprocessor postprocessor(spec_of(family), 64, 64, {});
        for (const infer::Shape& shape : {infer::Shape{1, 5, 5}, {25}, {1, 5, 5, 1}, {1, 83, 7}}) {
            if (family == model::Family::yolov5 && shape.back() == 7) continue;  // right for it
            const auto found = postprocessor.run(view(values, shape), 0, same);
            ASSERT_FALSE(found) << model::to_string(family);
            EXPECT_EQ(found.error().code, ErrorCode::unsupported);
        }
    }
}

}  // namespace
}  // namespace saccade::detect
