#include "pipeline/sampler.h"

#include <gtest/gtest.h>

#include <vector>

namespace saccade::pipeline {
namespace {

using std::chrono::nanoseconds;

/// Which of `frames` frames `ns` apart are taken.
std::vector<int> taken(int frames, double ns, int stride, double max_fps) {
    Sampler sampler;
    std::vector<int> indices;
    for (int i = 0; i < frames; ++i) {
        if (sampler.takes(nanoseconds(static_cast<std::int64_t>(i * ns)), stride, max_fps)) {
            indices.push_back(i);
        }
    }
    return indices;
}

TEST(Sampler, TakesAllWhereNothingIsAsked) {
    EXPECT_EQ(taken(4, 1e9 / 30, 1, 0), (std::vector<int>{0, 1, 2, 3}));
}

TEST(Sampler, TakesEveryNthFromTheFirst) {
    EXPECT_EQ(taken(10, 1e9 / 30, 4, 0), (std::vector<int>{0, 4, 8}));
}

TEST(Sampler, KeepsToTheRateWhereTimesAreRounded) {
    EXPECT_EQ(taken(13, 1e9 / 30, 1, 10), (std::vector<int>{0, 3, 6, 9, 12}));
    EXPECT_EQ(taken(3001, 1e9 / 29.97, 1, 10).size(), 1002U);
}

TEST(Sampler, NeverTakesMoreThanTheRateOverALongTime) {
    for (const double fps : {1.0, 7.0, 12.5, 24.0, 29.9}) {
        const auto count = static_cast<double>(taken(3000, 1e9 / 30, 1, fps).size());
        EXPECT_LE(count, fps * 100 + 1) << fps;
        EXPECT_GE(count, fps * 100 * 0.95) << fps;
    }
}

TEST(Sampler, ASlowStreamIsTakenWhole) {
    EXPECT_EQ(taken(20, 1e9 / 5, 1, 10).size(), 20U);
}

TEST(Sampler, BothTogetherTakeOfTheStrideAtMostTheRate) {
    EXPECT_EQ(taken(13, 1e9 / 30, 2, 10), (std::vector<int>{0, 4, 6, 10, 12}));
}

TEST(Sampler, AChangeTakesTheNextFrame) {
    Sampler sampler;
    EXPECT_TRUE(sampler.takes(nanoseconds(0), 100, 0));
    EXPECT_FALSE(sampler.takes(nanoseconds(1), 100, 0));
    EXPECT_TRUE(sampler.takes(nanoseconds(2), 50, 0));
    EXPECT_FALSE(sampler.takes(nanoseconds(3), 50, 0));
}

}  // namespace
}  // namespace saccade::pipeline
