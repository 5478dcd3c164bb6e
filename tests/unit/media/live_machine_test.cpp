// States of a live source, on a clock that a test sets.
#include "media/live_machine.h"

#include <gtest/gtest.h>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

class LiveMachineTest : public testing::Test {
  protected:
    static LiveMachine::Time at(std::chrono::milliseconds time) {
        return LiveMachine::Time{} + 1h + time;
    }
    LiveMachine machine_{{.silent_after = 5s, .frozen_after = 60s, .connect_within = 10s}};
};

TEST_F(LiveMachineTest, PicturesMakeItRun) {
    machine_.connect(at(0s));
    EXPECT_EQ(machine_.state(), LiveState::connecting);
    EXPECT_FALSE(machine_.ever());
    const auto picture = machine_.picture(at(200ms), false);
    EXPECT_FALSE(picture.withheld);
    EXPECT_FALSE(picture.back) << "there was nothing to come back from";
    EXPECT_EQ(machine_.state(), LiveState::running);
    EXPECT_TRUE(machine_.ever());
    EXPECT_EQ(machine_.running_for(at(1200ms)), 1s);
    const LiveView view = machine_.view(at(700ms));
    EXPECT_EQ(view.picture_age, 500ms);
    EXPECT_EQ(view.attempts, 1U);
    EXPECT_EQ(view.connections, 1U);
    EXPECT_EQ(view.outages, 0U);
    EXPECT_EQ(view.reason, "");
}

TEST_F(LiveMachineTest, AConnectionWithoutAPictureIsGivenUp) {
    machine_.connect(at(0s));
    EXPECT_FALSE(machine_.tick(at(9999ms)));
    EXPECT_TRUE(machine_.tick(at(10s)));
    EXPECT_TRUE(machine_.tick(at(10s))) << "until it is told of the end";
    machine_.broke("whatever FFmpeg says then");
    EXPECT_EQ(machine_.state(), LiveState::broken);
    EXPECT_EQ(machine_.reason(), "no picture within 10 s of the beginning of the connection");
    EXPECT_FALSE(machine_.out_for(at(20s))) << "nothing that was there is missed";
    machine_.wait(at(12s));
    EXPECT_EQ(machine_.state(), LiveState::waiting);
    EXPECT_EQ(machine_.view(at(11s)).next_attempt, 1s);
    machine_.connect(at(12s));
    EXPECT_FALSE(machine_.tick(at(13s))) << "a new attempt has its own time";
}

TEST_F(LiveMachineTest, SilenceIsSeenThenGivenUp) {
    machine_.connect(at(0s));
    machine_.picture(at(1s), false);
    EXPECT_FALSE(machine_.tick(at(5999ms)));
    EXPECT_EQ(machine_.state(), LiveState::running);
    EXPECT_FALSE(machine_.tick(at(6s)));
    EXPECT_EQ(machine_.state(), LiveState::silent);
    EXPECT_EQ(machine_.reason(), "silent: no picture for 5 s");
    EXPECT_EQ(machine_.out_for(at(6s)), 5s) << "since the last picture";
    EXPECT_EQ(machine_.running_for(at(6s)), 0s) << "one picture";
    EXPECT_TRUE(machine_.tick(at(11s)));
    machine_.broke("Immediate exit requested");
    EXPECT_EQ(machine_.reason(), "silent: no picture for 10 s");
    machine_.wait(at(12s));
    machine_.connect(at(12s));
    const auto picture = machine_.picture(at(13s), false);
    EXPECT_TRUE(picture.back);
    EXPECT_FALSE(picture.was_silent) << "it was connected anew: something is missing";
    EXPECT_EQ(picture.reason, "silent: no picture for 10 s");
    const LiveView view = machine_.view(at(20s));
    EXPECT_EQ(view.outages, 1U);
    EXPECT_EQ(view.outage_time, 12s);
    EXPECT_EQ(view.reconnects(), 1U);
}

TEST_F(LiveMachineTest, HowLongItRanIsKnownWhenItIsGivenUp) {
    machine_.connect(at(0s));
    machine_.picture(at(0s), false);
    machine_.picture(at(90s), false);
    ASSERT_FALSE(machine_.tick(at(95s)));
    ASSERT_TRUE(machine_.tick(at(100s)));
    EXPECT_EQ(machine_.running_for(at(100s)), 90s)
        << "a good minute, and the silence is none of it";
    machine_.broke("");
    machine_.connect(at(101s));
    EXPECT_EQ(machine_.running_for(at(102s)), 0s) << "this connection has not run";
}

TEST_F(LiveMachineTest, PicturesThatWereOnlyLateEndASilence) {
    machine_.connect(at(0s));
    machine_.picture(at(0s), false);
    EXPECT_FALSE(machine_.tick(at(7s)));
    const auto picture = machine_.picture(at(8s), false);
    EXPECT_TRUE(picture.back);
    EXPECT_TRUE(picture.was_silent);
    EXPECT_EQ(machine_.state(), LiveState::running);
    EXPECT_FALSE(machine_.out_for(at(8s)));
}

TEST_F(LiveMachineTest, TheSamePictureForLongIsWithheldAndConnectedAnewOnce) {
    machine_.connect(at(0s));
    machine_.picture(at(0s), false);
    for (auto t = 1s; t < 60s; t += 1s) {
        EXPECT_FALSE(machine_.picture(at(t), true).withheld) << t.count();
    }
    EXPECT_TRUE(machine_.picture(at(60s), true).withheld);
    EXPECT_EQ(machine_.state(), LiveState::frozen);
    EXPECT_EQ(machine_.reason(), "frozen: the same picture for 60 s");
    EXPECT_EQ(machine_.out_for(at(60s)), 60s) << "since it moved last";
    EXPECT_TRUE(machine_.tick(at(60s)));
    machine_.broke("Immediate exit requested");
    machine_.connect(at(61s));
    EXPECT_TRUE(machine_.picture(at(62s), true).withheld) << "still the same";
    EXPECT_EQ(machine_.state(), LiveState::frozen);
    EXPECT_FALSE(machine_.tick(at(63s))) << "a scene where nothing moves is not torn at for ever";
    const auto moved = machine_.picture(at(64s), false);
    EXPECT_FALSE(moved.withheld);
    EXPECT_TRUE(moved.back);
    EXPECT_EQ(machine_.view(at(64s)).outages, 1U);
    EXPECT_EQ(machine_.state(), LiveState::running);
}

TEST_F(LiveMachineTest, AFrozenPictureThatThenStopsIsSilentInTheSameOutage) {
    machine_.connect(at(0s));
    machine_.picture(at(0s), false);
    machine_.picture(at(60s), true);
    ASSERT_EQ(machine_.state(), LiveState::frozen);
    machine_.broke("");
    machine_.connect(at(61s));
    machine_.picture(at(61s), true);
    EXPECT_FALSE(machine_.tick(at(66s)));
    EXPECT_EQ(machine_.state(), LiveState::silent);
    EXPECT_EQ(machine_.view(at(66s)).outages, 1U);
}

TEST_F(LiveMachineTest, NobodyMindsAFrozenPictureWhereItIsNotAskedFor) {
    LiveMachine machine({.frozen_after = 0s});
    machine.connect(at(0s));
    for (auto t = 0min; t < 60min; t += 1min) EXPECT_FALSE(machine.picture(at(t), true).withheld);
    EXPECT_EQ(machine.state(), LiveState::running);
}

}  // namespace
}  // namespace saccade::media
