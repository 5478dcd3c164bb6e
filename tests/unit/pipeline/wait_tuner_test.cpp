#include "pipeline/wait_tuner.h"

#include <gtest/gtest.h>

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

/// One window in which all frames but `late` took `usual`.
void window(WaitTuner& tuner, std::chrono::nanoseconds usual, std::size_t late = 0,
            std::chrono::nanoseconds much = 1s) {
    for (std::size_t i = 0; i < WaitTuner::window; ++i) tuner.add(i < late ? much : usual);
}

TEST(WaitTuner, WithoutATargetWaitsAsLongAsItMay) {
    WaitTuner tuner(8ms, 0ms);
    window(tuner, 1s);
    EXPECT_EQ(tuner.wait(), 8ms);
}

TEST(WaitTuner, HalvesWhereOneInAHundredIsLate) {
    WaitTuner tuner(8ms, 20ms);
    window(tuner, 10ms, 2);
    EXPECT_EQ(tuner.wait(), 8ms) << "two of two hundred may be";
    window(tuner, 10ms, 3);
    EXPECT_EQ(tuner.wait(), 4ms);
    window(tuner, 21ms);
    EXPECT_EQ(tuner.wait(), 2ms);
}

TEST(WaitTuner, GrowsBackWhereThereIsRoomAndNoFurther) {
    WaitTuner tuner(8ms, 20ms);
    window(tuner, 30ms);
    ASSERT_EQ(tuner.wait(), 4ms);
    window(tuner, 15ms);
    EXPECT_EQ(tuner.wait(), 4ms) << "near the target it stays";
    window(tuner, 13ms);
    EXPECT_EQ(tuner.wait(), 5ms);
    for (int i = 0; i < 10; ++i) window(tuner, 1ms);
    EXPECT_EQ(tuner.wait(), 8ms);
}

TEST(WaitTuner, DecidesOncePerWindow) {
    WaitTuner tuner(8ms, 20ms);
    for (std::size_t i = 1; i < WaitTuner::window; ++i) tuner.add(1s);
    EXPECT_EQ(tuner.wait(), 8ms);
    tuner.add(1s);
    EXPECT_EQ(tuner.wait(), 4ms);
}

}  // namespace
}  // namespace saccade::pipeline
