#include "track/boxes.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace saccade::track {
namespace {

TEST(IouMatrix, EqualsTheScalarOverlap) {
    std::mt19937 random(1);
    const auto any = [&] { return static_cast<float>(random() % 2000) / 10 - 100; };
    BoxColumns rows, cols;
    std::vector<Box> row_boxes, col_boxes;
    for (int i = 0; i < 67; ++i) {
        row_boxes.push_back({any(), any(), any(), any()});  // empty and inverted ones too
        col_boxes.push_back({any(), any(), any(), any()});
        if (i % 9 == 0) col_boxes.back() = row_boxes.back();
    }
    col_boxes.resize(53);
    for (const Box& b : row_boxes) rows.push(b);
    for (const Box& b : col_boxes) cols.push(b);
    Matrix out;
    iou_matrix(rows, cols, out);
    ASSERT_EQ(out.rows(), 67U);
    ASSERT_EQ(out.cols(), 53U);
    for (std::size_t r = 0; r < 67; ++r) {
        for (std::size_t c = 0; c < 53; ++c) {
            EXPECT_FLOAT_EQ(out.at(r, c), iou(row_boxes[r], col_boxes[c]));
        }
    }
}

TEST(Followable, IsAFiniteBoxWithAnArea) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    constexpr float inf = std::numeric_limits<float>::infinity();
    EXPECT_TRUE(followable({0, 0, 1, 1}));
    EXPECT_TRUE(followable({-5, -5, -4, -4}));
    EXPECT_FALSE(followable({0, 0, 0, 1}));
    EXPECT_FALSE(followable({0, 1, 1, 0}));
    EXPECT_FALSE(followable({nan, 0, 1, 1}));
    EXPECT_FALSE(followable({0, 0, 1, inf}));
    EXPECT_FALSE(followable({0, 0, 3e38F, 3e38F}));
    EXPECT_FALSE(followable({0, 0, 1e-30F, 1e-30F}));
}

}  // namespace
}  // namespace saccade::track
