#include "infer/tensorrt/graph_sizes.h"

#include "infer/tensorrt/batch_fit.h"

#include <gtest/gtest.h>

namespace saccade::infer::tensorrt {
namespace {

TEST(GraphSizes, ForLatencyPowersOfTwoAndTheMostFromTheStart) {
    EXPECT_EQ(GraphSizes(1, false, Goal::latency).made(), (std::vector<int>{1}));
    EXPECT_EQ(GraphSizes(8, false, Goal::latency).made(), (std::vector<int>{1, 2, 4, 8}));
    EXPECT_EQ(GraphSizes(6, false, Goal::latency).made(), (std::vector<int>{1, 2, 4, 6}));
    EXPECT_EQ(GraphSizes(16, true, Goal::latency).made(), (std::vector<int>{16}));
    EXPECT_EQ(GraphSizes(16, false, Goal::throughput).made(), (std::vector<int>{16}));
}

TEST(GraphSizes, EveryBatchHasASizeThatHoldsItAndAProfile) {
    for (const Goal goal : {Goal::latency, Goal::throughput}) {
        for (int most = 1; most <= 40; ++most) {
            GraphSizes sizes(most, false, goal);
            const std::vector<BatchRange> profiles{{1, 1, 4}, {1, most, most}};
            for (int batch = 1; batch <= most; ++batch) {
                const int size = sizes.take(batch);
                EXPECT_GE(size, batch);
                EXPECT_LE(size, most);
                EXPECT_TRUE(goal == Goal::throughput || size < 2 * batch || size == 1);
                const int profile = profile_for(profiles, size, goal);
                ASSERT_GE(profile, 0);
                EXPECT_LE(size, profiles[static_cast<std::size_t>(profile)].most);
            }
        }
    }
}

TEST(GraphSizes, ForThroughputASmallerOneOnceBatchesKeepComingForIt) {
    GraphSizes sizes(32, false, Goal::throughput);
    for (int i = 1; i < GraphSizes::patience; ++i) EXPECT_EQ(sizes.take(5), 32);
    EXPECT_EQ(sizes.take(32), 32);  // starts the count anew
    for (int i = 1; i < GraphSizes::patience; ++i) EXPECT_EQ(sizes.take(5), 32);
    EXPECT_EQ(sizes.next_wanted(), std::nullopt);
    EXPECT_EQ(sizes.take(5), 32);
    EXPECT_EQ(sizes.next_wanted(), 8);
    EXPECT_EQ(sizes.take(5), 32) << "not there yet";
    sizes.add(8);
    EXPECT_EQ(sizes.made(), (std::vector<int>{8, 32}));
    EXPECT_EQ(sizes.take(5), 8);
    EXPECT_EQ(sizes.take(3), 8);
    EXPECT_EQ(sizes.take(9), 32);
}

TEST(GraphSizes, OneForSmallBatchesIsMadeFromTheStart) {
    EXPECT_EQ(GraphSizes(32, false, Goal::throughput, 1).made(), (std::vector<int>{1, 32}));
    EXPECT_EQ(GraphSizes(32, false, Goal::throughput, 3).made(), (std::vector<int>{4, 32}));
    EXPECT_EQ(GraphSizes(32, false, Goal::throughput, 4).made(), (std::vector<int>{4, 32}));
    EXPECT_EQ(GraphSizes(32, false, Goal::throughput, 17).made(), (std::vector<int>{32}));
    EXPECT_EQ(GraphSizes(30, false, Goal::throughput, 17).made(), (std::vector<int>{30}));
    EXPECT_EQ(GraphSizes(8, false, Goal::latency, 3).made(), (std::vector<int>{1, 2, 4, 8}));
    EXPECT_EQ(GraphSizes(32, true, Goal::throughput, 3).made(), (std::vector<int>{32}));
}

TEST(GraphSizes, SizesThatComeInTurnAreAllWanted) {
    GraphSizes sizes(32, false, Goal::throughput);
    for (int i = 0; i < GraphSizes::patience; ++i) {
        EXPECT_EQ(sizes.take(1), 32);
        EXPECT_EQ(sizes.take(2), 32);
    }
    EXPECT_EQ(sizes.next_wanted(), 1);
    EXPECT_EQ(sizes.next_wanted(), 2);
    EXPECT_EQ(sizes.next_wanted(), std::nullopt);
    sizes.add(2);
    sizes.add(1);
    EXPECT_EQ(sizes.take(1), 1);
    EXPECT_EQ(sizes.take(2), 2);
}

TEST(GraphSizes, OneThatCouldNotBeMadeIsNotWantedAgain) {
    GraphSizes sizes(32, false, Goal::throughput);
    for (int i = 0; i < GraphSizes::patience; ++i) sizes.take(5);
    EXPECT_EQ(sizes.next_wanted(), 8);
    sizes.take(32);
    for (int i = 0; i < 3 * GraphSizes::patience; ++i) EXPECT_EQ(sizes.take(5), 32);
    EXPECT_EQ(sizes.next_wanted(), std::nullopt);
}

TEST(GraphSizes, AFixedBatchHasOne) {
    GraphSizes sizes(16, true, Goal::throughput);
    for (int i = 0; i < 3 * GraphSizes::patience; ++i) EXPECT_EQ(sizes.take(1), 16);
    EXPECT_EQ(sizes.next_wanted(), std::nullopt);
}

TEST(ProfileFor, LatencyTakesTheTightestRange) {
    const std::vector<BatchRange> profiles{{1, 32, 32}, {1, 1, 4}, {8, 8, 16}};
    EXPECT_EQ(profile_for(profiles, 1, Goal::latency), 1);
    EXPECT_EQ(profile_for(profiles, 4, Goal::latency), 1);
    EXPECT_EQ(profile_for(profiles, 5, Goal::latency), 0);
    EXPECT_EQ(profile_for(profiles, 8, Goal::latency), 2);
    EXPECT_EQ(profile_for(profiles, 32, Goal::latency), 0);
    EXPECT_EQ(profile_for(profiles, 33, Goal::latency), -1);
}

TEST(ProfileFor, ThroughputRunsAllBatchesInTheSameOne) {
    const std::vector<BatchRange> profiles{{1, 1, 4}, {1, 32, 32}};
    for (int batch = 1; batch <= 32; ++batch) {
        EXPECT_EQ(profile_for(profiles, batch, Goal::throughput), 1);
    }
    EXPECT_EQ(profile_for(profiles, 33, Goal::throughput), -1);
}

TEST(BatchThatFits, IsTheWholeBatchWithinItsShareElseInProportion) {
    EXPECT_EQ(batch_that_fits(32, 300, 1000), 32);
    EXPECT_EQ(batch_that_fits(32, 600, 1000), 16);
    EXPECT_EQ(batch_that_fits(32, 1000, 100), 1);
    EXPECT_EQ(batch_that_fits(32, 1000, 0), 1);
    EXPECT_EQ(batch_that_fits(1, 1000, 0), 1);
    EXPECT_EQ(batch_that_fits(2, 301, 1000), 1) << "never the same again";
}

}  // namespace
}  // namespace saccade::infer::tensorrt
