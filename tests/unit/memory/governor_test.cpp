#include "memory/governor.h"

#include <gtest/gtest.h>

#include <random>

#include "core/log.h"
#include "support/fake_clock.h"

namespace saccade::memory {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t MB = 1'000'000;

/// Tells what the test wrote down.
class ScriptedProbe final : public Probe {
  public:
    State read() override {
        ++reads;
        return state;
    }
    State state{.used = 0, .others = 0, .total = 10'000 * MB};
    int reads = 0;
};

class GovernorTest : public testing::Test {
  protected:
    void SetUp() override { log::set_level(log::Level::error); }
    void TearDown() override { log::set_level(log::Level::warning); }

    Governor make(int max_batch, std::size_t limit = 0) {
        return {{.limit = limit, .interval = 100ms, .quiet = 2s, .pause = 20ms},
                max_batch,
                &probe_,
                clock_};
    }
    /// The next batch, a reading later.
    int next(Governor& governor) {
        clock_.advance(100ms);
        return governor.next(use_).batch;
    }

    test::FakeClock clock_;
    ScriptedProbe probe_;
    Use use_{.held = 0, .per_image = 100 * MB};
};

TEST_F(GovernorTest, TheBatchIsWhatFourFifthsOfTheAvailableMemoryHold) {
    probe_.state = {.used = 400 * MB, .others = 0, .total = 1400 * MB};
    Governor governor = make(64);
    EXPECT_EQ(next(governor), 8);  // 0.8 * 1000 / 100
    EXPECT_EQ(governor.report().fitted, 1U);
    EXPECT_EQ(governor.report().per_image, 100 * MB);
}

TEST_F(GovernorTest, TheBatchLiesBetweenOneAndTheLargest) {
    Governor wide = make(4);
    EXPECT_EQ(next(wide), 4);
    probe_.state = {.used = 100 * MB, .others = 9850 * MB, .total = 10'000 * MB};
    Governor narrow = make(4);
    EXPECT_EQ(next(narrow), 1);
}

TEST_F(GovernorTest, TheLimitCountsWhereItIsBelowWhatThereIs) {
    probe_.state.used = 500 * MB;
    Governor governor = make(64, 1500 * MB);
    EXPECT_EQ(next(governor), 8);
    EXPECT_EQ(governor.report().limit, 1500 * MB);
}

TEST_F(GovernorTest, WhatTheDetectorReservedForImagesIsAvailableToThem) {
    probe_.state = {.used = 900 * MB, .others = 0, .total = 1100 * MB};
    use_.held = 850 * MB;  // of which 8 images
    Governor governor = make(8);
    EXPECT_EQ(next(governor), 8);
}

TEST_F(GovernorTest, OthersUseOfTheDeviceMakesTheBatchSmaller) {
    probe_.state = {.used = 0, .others = 0, .total = 2000 * MB};
    Governor governor = make(16);
    EXPECT_EQ(next(governor), 16);
    probe_.state.others = 1000 * MB;
    EXPECT_EQ(next(governor), 8);
    EXPECT_EQ(governor.report().others_peak, 1000 * MB);
}

TEST_F(GovernorTest, CrossingNinetyPercentTakesOneImageAndWarnsOnce) {
    use_.per_image = 1 * MB;
    probe_.state.used = 800 * MB;
    Governor governor = make(8, 1000 * MB);
    EXPECT_EQ(next(governor), 8);
    probe_.state.used = 901 * MB;
    clock_.advance(100ms);
    const auto decision = governor.next(use_);
    EXPECT_EQ(decision.batch, 7);
    EXPECT_TRUE(decision.trim);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(next(governor), 7);  // stays above: no growth either
    EXPECT_EQ(governor.report().warnings, 1U);
    probe_.state.used = 880 * MB;  // below the line, but not well below
    next(governor);
    probe_.state.used = 905 * MB;
    next(governor);
    EXPECT_EQ(governor.report().warnings, 1U);
    probe_.state.used = 700 * MB;
    next(governor);
    probe_.state.used = 950 * MB;
    next(governor);
    EXPECT_EQ(governor.report().warnings, 2U);
    EXPECT_EQ(governor.report().trims, 2U);
}

TEST_F(GovernorTest, OutOfMemoryHalvesAndFreesCaches) {
    Governor governor = make(8);
    EXPECT_EQ(next(governor), 8);
    EXPECT_EQ(governor.out_of_memory(8), 0ns);
    const auto decision = governor.next(use_);
    EXPECT_EQ(decision.batch, 4);
    EXPECT_TRUE(decision.trim);
    EXPECT_FALSE(governor.next(use_).trim);
    // A batch of the old size that was under way at the same time is no news.
    EXPECT_EQ(governor.out_of_memory(8), 0ns);
    EXPECT_EQ(governor.next(use_).batch, 4);
    EXPECT_EQ(governor.out_of_memory(3), 0ns);
    EXPECT_EQ(governor.next(use_).batch, 1);
    EXPECT_EQ(governor.report().out_of_memory, 3U);
    EXPECT_EQ(governor.report().smallest_batch, 1);
}

TEST_F(GovernorTest, GrowsBackByOneImageAfterEachQuietTime) {
    Governor governor = make(4);
    governor.out_of_memory(4);
    EXPECT_EQ(governor.next(use_).batch, 2);
    clock_.advance(1999ms);
    EXPECT_EQ(governor.next(use_).batch, 2);
    clock_.advance(1ms);
    EXPECT_EQ(governor.next(use_).batch, 3);
    EXPECT_EQ(governor.next(use_).batch, 3);
    clock_.advance(2s);
    EXPECT_EQ(governor.next(use_).batch, 4);
    clock_.advance(1h);
    EXPECT_EQ(governor.next(use_).batch, 4);
    EXPECT_EQ(governor.report().grown, 2U);
}

TEST_F(GovernorTest, DoesNotGrowIntoMemoryThatIsNotThere) {
    probe_.state = {.used = 0, .others = 1500 * MB, .total = 2000 * MB};
    Governor governor = make(16);
    EXPECT_EQ(next(governor), 4);
    clock_.advance(1h);
    EXPECT_EQ(governor.next(use_).batch, 4);
    probe_.state.others = 1300 * MB;  // room for 5
    for (int i = 0; i < 100; ++i) next(governor);
    EXPECT_EQ(governor.next(use_).batch, 5);
}

TEST_F(GovernorTest, GivesUpWhenASingleImageFailsFiveTimesInARow) {
    Governor governor = make(1);
    EXPECT_EQ(governor.out_of_memory(1), 20ms);
    EXPECT_EQ(governor.out_of_memory(1), 40ms);
    governor.done(1);
    EXPECT_EQ(governor.out_of_memory(1), 20ms);
    EXPECT_EQ(governor.out_of_memory(1), 40ms);
    EXPECT_EQ(governor.out_of_memory(1), 80ms);
    EXPECT_EQ(governor.out_of_memory(1), 160ms);
    EXPECT_EQ(governor.out_of_memory(1), std::nullopt);
}

TEST_F(GovernorTest, MeasuresWhatAnImageTakesWhereTheDetectorDoesNotSay) {
    use_ = {};
    probe_.state = {.used = 100 * MB, .others = 0, .total = 1300 * MB};
    Governor governor = make(4);
    EXPECT_EQ(governor.next(use_).batch, 4);
    probe_.state.used = 500 * MB;
    governor.done(4);
    EXPECT_EQ(governor.report().per_image, 100 * MB);
    probe_.state = {.used = 500 * MB, .others = 950 * MB, .total = 1300 * MB};
    EXPECT_EQ(next(governor), 2);  // 1300 - 950 - 100 = 250 MB
}

TEST_F(GovernorTest, LooksOncePerIntervalOnly) {
    Governor governor = make(4);
    const int before = probe_.reads;
    for (int i = 0; i < 1000; ++i) {
        governor.next(use_);
        clock_.advance(1ms);
    }
    EXPECT_NEAR(probe_.reads - before, 10, 1);
}

TEST_F(GovernorTest, KeepsThePeakOfEachVideoAndOfAll) {
    Governor governor = make(4);
    probe_.state.used = 100 * MB;
    governor.open_stream(1);
    probe_.state.used = 700 * MB;
    next(governor);
    governor.open_stream(2);
    probe_.state.used = 300 * MB;
    EXPECT_EQ(governor.close_stream(1), 700 * MB);
    EXPECT_EQ(governor.close_stream(2), 700 * MB);  // it was open when that was read
    governor.open_stream(3);
    EXPECT_EQ(governor.close_stream(3), 300 * MB);
    EXPECT_EQ(governor.close_stream(3), 0U);
    EXPECT_EQ(governor.report().peak, 700 * MB);
}

TEST_F(GovernorTest, WithoutAProbeOnlyFailuresCount) {
    Governor governor({.limit = 1}, 8, nullptr, clock_);
    EXPECT_EQ(next(governor), 8);
    governor.out_of_memory(8);
    EXPECT_EQ(next(governor), 4);
    EXPECT_EQ(governor.report().readings, 0U);
}

/// A device whose memory is used by images in proportion, and by others at random.
TEST_F(GovernorTest, NeverLeavesItsBoundsWhateverHappens) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](std::size_t n) { return std::size_t{random()} % n; };
        const int max_batch = 1 + static_cast<int>(below(64));
        Governor governor = make(max_batch, below(2) == 0 ? 0 : below(12'000) * MB);
        use_ = {.held = below(4000) * MB, .per_image = below(200) * MB};
        int largest_possible = max_batch;
        for (int step = 0; step < 200; ++step) {
            clock_.advance(std::chrono::milliseconds(below(3000)));
            probe_.state.used = below(12'000) * MB;
            probe_.state.others = below(12'000) * MB;
            const int batch = governor.next(use_).batch;
            ASSERT_GE(batch, 1);
            ASSERT_LE(batch, max_batch);
            ASSERT_LE(batch, largest_possible + 1) << "grew by more than one";
            largest_possible = batch;
            const int run = 1 + static_cast<int>(below(static_cast<std::size_t>(batch)));
            if (below(3) == 0) {
                governor.out_of_memory(run);
                largest_possible = std::max(run / 2, 1);
                largest_possible = std::min(largest_possible, batch);
            } else {
                governor.done(run);
            }
        }
        const GovernorReport report = governor.report();
        EXPECT_LE(report.smallest_batch, report.batch);
        EXPECT_LE(report.peak, 12'000 * MB);
    }
}

}  // namespace
}  // namespace saccade::memory
