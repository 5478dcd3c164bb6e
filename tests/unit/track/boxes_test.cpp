#include "track/boxes.h"

#include <gtest/gtest.h>

#include <limits>

namespace saccade::track {
namespace {

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
