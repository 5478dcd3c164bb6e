#include "profile/replay.h"

#include <gtest/gtest.h>

namespace saccade::profile {
namespace {

Measurement steady(std::size_t frames, std::array<float, stage_count> seconds) {
    Measurement m;
    m.frames = frames;
    m.cores = 100;
    m.slots = 2;
    m.costs.resize(1);
    m.costs[0].frames.assign(frames, FrameCost{seconds});
    return m;
}

TEST(Replay, TheSlowestStageSetsThePace) {
    // After the first frame has gone through all, one comes out every 10 ms.
    const Measurement m = steady(100, {0.002F, 0.001F, 0.010F, 0.001F, 0.001F, 0.003F});
    EXPECT_NEAR(replay_seconds(m, {}), 0.002 + 0.001 + 100 * 0.010 + 0.001 + 0.001 + 0.003, 0.002);
    EXPECT_NEAR(predicted_speedup(m, {.work = {1, 1, 0.5, 1, 1, 1}}), 2, 0.05);
    EXPECT_NEAR(predicted_speedup(m, {.work = {0, 1, 1, 1, 1, 1}}), 1, 0.01);
}

TEST(Replay, PreAndPostprocessingShareAThread) {
    const Measurement m = steady(100, {0.001F, 0.004F, 0.001F, 0.006F, 0, 0});
    EXPECT_NEAR(predicted_fps(m), 100, 2);
}

TEST(Replay, SlotsWorkAtTheSameTime) {
    Measurement m = steady(200, {0.001F, 0, 0.010F, 0, 0, 0});
    m.slots = 5;  // four servers and one slot that is filled meanwhile
    EXPECT_NEAR(predicted_fps(m), 400, 15);
}

TEST(Replay, AQueueOfOneMakesBurstsWait) {
    // Sixteen frames at once every 32 ms against 2 ms each: with room for them all both go on.
    Measurement m = steady(320, {0, 0, 0.002F, 0, 0, 0});
    for (std::size_t i = 0; i < m.frames; i += 16) m.costs[0].frames[i].seconds[0] = 0.032F;
    m.queue = 1;
    EXPECT_NEAR(predicted_fps(m), 1000.0 / 4, 25);
    EXPECT_NEAR(predicted_fps(m, {.queue = 32}), 1000.0 / 2, 25);
}

TEST(Replay, StreamsThatRunAtOnceShareTheDevice) {
    Measurement m = steady(100, {0.010F, 0, 0.001F, 0, 0, 0});
    m.costs.resize(4, m.costs[0]);
    m.frames = 400;
    m.streams = 1;
    EXPECT_NEAR(predicted_fps(m), 100, 2);
    m.streams = 2;
    EXPECT_NEAR(predicted_fps(m), 200, 5);
    m.streams = 4;
    EXPECT_NEAR(predicted_fps(m), 400, 10);
}

TEST(Replay, BatchesWaitUntilTheyAreFull) {
    Measurement m = steady(64, {0.001F, 0, 0.002F, 0, 0, 0});
    m.batch = 8;
    EXPECT_NEAR(replay_seconds(m, {}), 0.008 + 64 * 0.002, 0.003);
}

TEST(Replay, CoresLimitWhatTheStagesCouldDo) {
    Measurement m = steady(100, {0.001F, 0.001F, 0.005F, 0, 0, 0});
    m.cores = 2;
    m.stages[2].cpu_ms = 20;
    EXPECT_NEAR(predicted_fps(m), 100, 1e-6);
    EXPECT_NEAR(predicted_speedup(m, {.cores = 1.5}), 1.5, 1e-6);
}

TEST(Replay, ASlowSinkPressesBackOnItsOwnDecoderOnly) {
    Measurement m = steady(50, {0.001F, 0, 0.001F, 0, 0, 0.010F});
    m.costs.push_back({.frames = std::vector<FrameCost>(50, {{0.001F, 0, 0.001F, 0, 0, 0}})});
    m.frames = 100;
    m.streams = 2;
    m.queue = 4;
    EXPECT_NEAR(replay_seconds(m, {}), 50 * 0.010, 0.02);
}

TEST(Replay, NothingTakesNoTime) {
    EXPECT_EQ(predicted_fps(Measurement{}), 0);
    EXPECT_EQ(predicted_speedup(Measurement{}, {}), 1);
}

}  // namespace
}  // namespace saccade::profile
