#include "engine/warm_up.h"

#include <gtest/gtest.h>

#include "support/fakes.h"

namespace saccade::engine {
namespace {

using test::FakeDetector;

TEST(WarmUp, RunsSoManyFullBatchesAndLeavesNothingUnderWay) {
    FakeDetector detector({.max_batch = 4, .depth = 2});
    ASSERT_TRUE(warm_up(detector, 3));
    EXPECT_EQ(detector.batch_sizes, (std::vector<std::size_t>{4, 4, 4}));
    EXPECT_EQ(detector.in_flight(), 0);
    EXPECT_TRUE(warm_up(detector, 0));
    EXPECT_EQ(detector.batch_sizes.size(), 3U);
}

TEST(WarmUp, ALackOfMemoryIsLeftToTheGovernor) {
    for (const bool when_collecting : {false, true}) {
        int batches = 0;
        FakeDetector detector(
            {.max_batch = 4, .depth = 2, .out_of_memory = [&](bool collecting, std::size_t) {
                 return collecting == when_collecting && ++batches == 2;
             }});
        EXPECT_TRUE(warm_up(detector, 5));
        EXPECT_EQ(detector.in_flight(), 0);
        EXPECT_EQ(detector.trims, 1);
        EXPECT_LT(detector.batch_sizes.size(), 5U);
    }
}

TEST(WarmUp, OtherFailuresAreTold) {
    FakeDetector detector({.fail_at_batch = 1});
    const auto result = warm_up(detector, 5);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::internal);
    EXPECT_EQ(detector.in_flight(), 0);
}

}  // namespace
}  // namespace saccade::engine
