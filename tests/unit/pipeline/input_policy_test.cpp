#include "pipeline/input_policy.h"

#include <gtest/gtest.h>

namespace saccade::pipeline {
namespace {

TEST(InputPolicy, SidesChangeRightAboveTheThresholds) {
    EXPECT_EQ(side_for({320, 240}), 640);
    EXPECT_EQ(side_for({1920, 1080}), 640);
    EXPECT_EQ(side_for({2100, 1000}), 640);  // 2,100,000 itself
    EXPECT_EQ(side_for({2100001, 1}), 480);
    EXPECT_EQ(side_for({2560, 1440}), 480);
    EXPECT_EQ(side_for({3840, 2160}), 480);  // 8,294,400
    EXPECT_EQ(side_for({8300, 1000}), 480);  // 8,300,000 itself
    EXPECT_EQ(side_for({8300001, 1}), 320);
    EXPECT_EQ(side_for({4096, 2160}), 320);
    EXPECT_EQ(side_for({7680, 4320}), 320);
    EXPECT_EQ(side_for({2160, 3840}), 480);    // upright or not
    EXPECT_EQ(side_for({65535, 65535}), 320);  // more than 32 bits hold
}

TEST(InputPolicy, RectanglesHaveTheLeastPadding) {
    EXPECT_EQ(rectangle_for({1920, 1080}, 640, 32), (Size{640, 384}));
    EXPECT_EQ(rectangle_for({1080, 1920}, 640, 32), (Size{384, 640}));
    EXPECT_EQ(rectangle_for({3840, 2160}, 480, 32), (Size{480, 288}));
    EXPECT_EQ(rectangle_for({1920, 1080}, 320, 32), (Size{320, 192}));
    EXPECT_EQ(rectangle_for({1000, 1000}, 640, 32), (Size{640, 640}));
    EXPECT_EQ(rectangle_for({2000, 1000}, 640, 32), (Size{640, 320}));  // fits without padding
    EXPECT_EQ(rectangle_for({2000, 1001}, 640, 32), (Size{640, 352}));
    EXPECT_EQ(rectangle_for({10000, 3}, 640, 32), (Size{640, 32}));    // at least a stride
    EXPECT_EQ(rectangle_for({1000, 999}, 650, 32), (Size{650, 650}));  // never over the side
    EXPECT_EQ(rectangle_for({0, 0}, 640, 32), (Size{640, 640}));
}

TEST(InputPolicy, ANetworkOfOneSizeKeepsIt) {
    const InputPolicy policy{.own = {416, 416}};
    EXPECT_EQ(policy.input_for({7680, 4320}), (Size{416, 416}));
    EXPECT_EQ(policy.input_for({64, 48}), (Size{416, 416}));
}

TEST(InputPolicy, TheUsersSideGoesFirst) {
    InputPolicy policy{.own = {640, 640}, .dynamic = true};
    EXPECT_EQ(policy.input_for({3840, 2160}), (Size{480, 480}));
    policy.side = 320;
    EXPECT_EQ(policy.input_for({3840, 2160}), (Size{320, 320}));
    policy.rectangles = true;
    EXPECT_EQ(policy.input_for({3840, 2160}), (Size{320, 192}));
    policy.side = 0;
    EXPECT_EQ(policy.input_for({3840, 2160}), (Size{480, 288}));
    // Asked of a network of one size it is passed on: who loads it says that it can't be.
    EXPECT_EQ((InputPolicy{.own = {640, 640}, .side = 320}).input_for({64, 48}), (Size{320, 320}));
}

}  // namespace
}  // namespace saccade::pipeline
