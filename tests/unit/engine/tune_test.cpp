#include "engine/tune.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

namespace saccade::engine {
namespace {

Change batch(int n) {
    return {"batch " + std::to_string(n), [n](Settings& s) { s.batch = n; }};
}
Change threads(int n) {
    return {"threads " + std::to_string(n), [n](Settings& s) { s.threads = n; }};
}

/// A machine that is as fast as the settings say, times what its load is at that moment.
struct FakeMachine {
    std::map<int, double> by_batch = {{0, 100}}, by_threads = {{0, 1}};
    std::function<double(int run)> load = [](int) { return 1.0; };
    int runs = 0;

    Measure measure() {
        return [this](const Settings& s) -> Result<double> {
            if (!by_batch.contains(s.batch)) return fail(ErrorCode::out_of_memory, "no memory");
            return by_batch[s.batch] * by_threads[s.threads] * load(runs++);
        };
    }
};

TEST(Tune, ClimbsAsLongAsItHelps) {
    FakeMachine machine{.by_batch = {{0, 100}, {2, 120}, {4, 150}, {8, 151}, {16, 400}}};
    const auto tuned = tune({}, {{batch(2), batch(4), batch(8), batch(16)}}, machine.measure());
    ASSERT_TRUE(tuned);
    EXPECT_EQ(tuned->settings.batch, 4);
    ASSERT_EQ(tuned->trials.size(), 4U);  // 8 gains too little to go on
    EXPECT_EQ(tuned->trials[3].name, "all together");
    EXPECT_NEAR(tuned->trials[3].ratio, 1.5, 1e-9);
    EXPECT_TRUE(tuned->trials[1].kept);
    EXPECT_NEAR(tuned->trials[1].ratio, 1.25, 1e-9);
    EXPECT_FALSE(tuned->trials[2].kept);
}

TEST(Tune, KeepsTheDefaultsWhereNothingIsFaster) {
    FakeMachine machine{.by_batch = {{0, 100}, {2, 99}, {4, 200}},
                        .by_threads = {{0, 1}, {1, 0.5}}};
    const auto tuned = tune({}, {{batch(2)}, {threads(1)}}, machine.measure());
    ASSERT_TRUE(tuned);
    EXPECT_EQ(tuned->settings.batch, 0);
    EXPECT_EQ(tuned->settings.threads, 0);
    EXPECT_EQ(machine.runs, 4);  // one pair each was enough
}

TEST(Tune, GroupsAddUp) {
    FakeMachine machine{.by_batch = {{0, 100}, {2, 110}}, .by_threads = {{0, 1}, {3, 1.1}}};
    const auto tuned = tune({}, {{batch(2)}, {threads(3)}}, machine.measure());
    ASSERT_TRUE(tuned);
    EXPECT_EQ(tuned->settings.batch, 2);
    EXPECT_EQ(tuned->settings.threads, 3);
}

TEST(Tune, IsNotTakenInByAMachineThatSlowsDownOrSpeedsUp) {
    for (const double drift : {0.97, 1.03}) {
        FakeMachine machine{.by_batch = {{0, 100}, {2, 100}}};
        machine.load = [&](int run) { return std::pow(drift, run); };
        const auto tuned = tune({}, {{batch(2)}}, machine.measure());
        ASSERT_TRUE(tuned);
        EXPECT_EQ(tuned->settings.batch, 0) << drift;
    }
}

TEST(Tune, OneLuckyPairProvesNothing) {
    FakeMachine machine{.by_batch = {{0, 100}, {2, 95}}};
    machine.load = [](int run) { return run == 0 ? 0.5 : 1.0; };  // the base's first run
    const auto tuned = tune({}, {{batch(2)}}, machine.measure());
    ASSERT_TRUE(tuned);
    EXPECT_EQ(tuned->settings.batch, 0);
    EXPECT_GT(machine.runs, 2);
}

TEST(Tune, WhatWonByLuckIsTakenBack) {
    FakeMachine machine;
    const auto tuned = tune({}, {{batch(2)}}, [&](const Settings& s) -> Result<double> {
        const bool lucky = machine.runs++ < 10;  // in all of the five pairs
        return lucky && s.batch == 2 ? 110.0 : 100.0;
    });
    ASSERT_TRUE(tuned);
    ASSERT_EQ(tuned->trials.size(), 2U);
    EXPECT_TRUE(tuned->trials[0].kept);
    EXPECT_FALSE(tuned->trials[1].kept);
    EXPECT_EQ(tuned->settings.batch, 0);
}

TEST(Tune, WhatCannotRunIsPassedOver) {
    FakeMachine machine{.by_threads = {{0, 1}, {2, 1.5}}};
    const auto tuned = tune({}, {{batch(64)}, {threads(2)}}, machine.measure());
    ASSERT_TRUE(tuned);
    EXPECT_EQ(tuned->settings.batch, 0);
    EXPECT_EQ(tuned->settings.threads, 2);
}

TEST(Tune, FailsWhereTheDefaultsDoAndWhenStopped) {
    const auto broken = tune({}, {{batch(2)}}, [](const Settings&) -> Result<double> {
        return fail(ErrorCode::not_found, "no model");
    });
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::not_found);
    const auto stopped = tune({}, {{batch(2)}}, [](const Settings& s) -> Result<double> {
        if (s.batch == 2) return fail(ErrorCode::interrupted, "interrupted");
        return 100.0;
    });
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace saccade::engine
