#include "profile/queue_depth.h"

#include <gtest/gtest.h>

#include <random>

namespace saccade::profile {
namespace {

TEST(QueueDepth, IsEmptyAndFullAsLongAsItIs) {
    // Depth: 1 on [0,1), 2 on [1,2), 1 on [2,3), 0 on [3,5), 1 on [5,6).
    const std::vector<Stay> stays{{0, 2}, {1, 3}, {5, 6}};
    std::vector<double> series(6, 0);
    const DepthOverTime depth = depth_over_time(stays, 2, 6, series);
    EXPECT_DOUBLE_EQ(depth.life, 6);
    EXPECT_DOUBLE_EQ(depth.mean, 5.0 / 6);
    EXPECT_DOUBLE_EQ(depth.empty, 2.0 / 6);
    EXPECT_DOUBLE_EQ(depth.full, 1.0 / 6);
    const std::vector<double> expected{1, 2, 1, 0, 0, 1};
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(series[i], expected[i], 1e-12) << i;
}

TEST(QueueDepth, TheSeriesHoldsAsMuchTimeAsTheStays) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> at(0, 10), length(0, 2);
    std::vector<Stay> stays(200);
    double total = 0;
    for (Stay& stay : stays) {
        stay.in = at(random) * 0.8;
        stay.out = stay.in + length(random);
        total += stay.out - stay.in;
    }
    std::vector<double> series(37, 0);
    const DepthOverTime depth = depth_over_time(stays, 5, 10, series);
    double sum = 0;
    for (const double value : series) sum += value * 10 / 37;
    EXPECT_NEAR(sum, total, 1e-9);
    EXPECT_NEAR(depth.mean * depth.life, total, 1e-9);
}

TEST(QueueDepth, NothingStayedNothingCounts) {
    std::vector<double> series(4, 0);
    EXPECT_EQ(depth_over_time({}, 3, 1, series).mean, 0);
}

}  // namespace
}  // namespace saccade::profile
