#include "infer/tensorrt/graph_sizes.h"

#include <gtest/gtest.h>

namespace saccade::infer::tensorrt {
namespace {

TEST(GraphSizes, PowersOfTwoAndTheMost) {
    EXPECT_EQ(graph_sizes(1, false), (std::vector<int>{1}));
    EXPECT_EQ(graph_sizes(8, false), (std::vector<int>{1, 2, 4, 8}));
    EXPECT_EQ(graph_sizes(6, false), (std::vector<int>{1, 2, 4, 6}));
    EXPECT_EQ(graph_sizes(16, true), (std::vector<int>{16}));
}

TEST(GraphSizes, EveryBatchHasALeastSizeAndAProfile) {
    for (int most = 1; most <= 40; ++most) {
        const auto sizes = graph_sizes(most, false);
        const std::vector<BatchRange> profiles{{1, 1, 4}, {1, most, most}};
        for (int batch = 1; batch <= most; ++batch) {
            const int size = size_for(sizes, batch);
            EXPECT_GE(size, batch);
            EXPECT_LE(size, most);
            EXPECT_TRUE(size < 2 * batch || size == 1);
            const int profile = profile_for(profiles, size);
            ASSERT_GE(profile, 0);
            EXPECT_LE(size, profiles[static_cast<std::size_t>(profile)].most);
        }
    }
}

TEST(ProfileFor, TheTightestRange) {
    const std::vector<BatchRange> profiles{{1, 32, 32}, {1, 1, 4}, {8, 8, 16}};
    EXPECT_EQ(profile_for(profiles, 1), 1);
    EXPECT_EQ(profile_for(profiles, 4), 1);
    EXPECT_EQ(profile_for(profiles, 5), 0);
    EXPECT_EQ(profile_for(profiles, 8), 2);
    EXPECT_EQ(profile_for(profiles, 32), 0);
    EXPECT_EQ(profile_for(profiles, 33), -1);
}

}  // namespace
}  // namespace saccade::infer::tensorrt
