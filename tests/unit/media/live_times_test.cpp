#include "media/live_times.h"

#include <gtest/gtest.h>

#include "media/sender_clock.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

LiveTimes::Time at(std::chrono::milliseconds time) {
    return LiveTimes::Time{} + 1h + time;
}

TEST(LiveTimes, GoesAtTheSendersPace) {
    LiveTimes times;
    times.connect();
    EXPECT_EQ(times.time_of(7s, at(0s)), 7s);
    EXPECT_EQ(times.time_of(7040ms, at(100ms)), 7040ms) << "late by 60 ms";
    EXPECT_EQ(times.time_of(7080ms, at(101ms)), 7080ms) << "at once behind it";
    EXPECT_EQ(times.time_of(17s, at(10s)), 17s);
}

TEST(LiveTimes, ADelayThatIsMadeUpForIsNoJump) {
    LiveTimes times;
    times.connect();
    times.time_of(0s, at(0s));
    EXPECT_EQ(times.time_of(40ms, at(3s)), 40ms) << "3 s late";
    EXPECT_EQ(times.time_of(3040ms, at(3040ms)), 3040ms);
}

TEST(LiveTimes, ASenderWhoseClockIsSetGoesOnByOurs) {
    LiveTimes times;
    times.connect();
    times.time_of(5s, at(0s));
    EXPECT_EQ(times.time_of(3600s, at(40ms)), 5040ms) << "an hour ahead";
    EXPECT_EQ(times.time_of(3600s + 40ms, at(80ms)), 5080ms);
    EXPECT_EQ(times.time_of(1s, at(120ms)), 5120ms) << "and back";
    EXPECT_EQ(times.time_of(1040ms, at(160ms)), 5160ms);
}

TEST(LiveTimes, BetweenConnectionsOurClockCounts) {
    LiveTimes times;
    times.connect();
    times.time_of(100s, at(0s));
    times.connect();
    EXPECT_EQ(times.time_of(0s, at(20s)), 120s) << "a camera that began anew";
    EXPECT_EQ(times.time_of(40ms, at(20040ms)), 120040ms);
    times.connect();
    EXPECT_EQ(times.time_of(9000s, at(30040ms)), 130040ms);
}

TEST(LiveTimes, NeverGoesBackwardsWhateverComes) {
    LiveTimes times;
    times.connect();
    Timestamp last = times.time_of(10s, at(10s));
    for (const auto pts : {9s, 20s, 0s, -5s, 100000s, 50s}) {
        const Timestamp now = times.time_of(pts, at(9s));  // ours can't go back; if it seems to
        EXPECT_GE(now, last);
        last = now;
    }
}

TEST(SenderClock, TellsOfEachPacketWhatItsSenderSaid) {
    SenderClock clock;
    clock.note(1, at(0s), std::nullopt);
    clock.note(2, at(40ms), 1'700'000'000s);
    ASSERT_TRUE(clock.at(1));
    EXPECT_FALSE(clock.at(1)->sender.synced) << "no report yet";
    EXPECT_EQ(clock.at(2)->sender, (SenderTime{true, 1'700'000'000s}));
    EXPECT_EQ(clock.at(2)->received, at(40ms));
    EXPECT_FALSE(clock.at(3));
    for (int pts = 10; pts < 1000; ++pts) clock.note(pts, at(1s), std::nullopt);
    EXPECT_FALSE(clock.at(2)) << "it keeps no more than decoders hold back";
    EXPECT_TRUE(clock.at(999));
}

TEST(SenderClock, UndoesATurnOfTheThirtyTwoBits) {
    const std::chrono::nanoseconds turn{(std::int64_t{1} << 32U) * 1'000'000'000 / 90'000};
    SenderClock clock(turn);
    clock.note(1, at(0s), 1'700'000'000s);
    clock.note(2, at(40ms), 1'700'000'000s + 40ms - turn);
    EXPECT_EQ(clock.at(2)->sender.at, 1'700'000'000s + 40ms);
    clock.note(3, at(80ms), 1'700'000'000s + 80ms);
    EXPECT_EQ(clock.at(3)->sender.at, 1'700'000'000s + 80ms) << "the next report is right again";
    clock.note(4, at(120ms), 1'600'000'000s);
    EXPECT_EQ(clock.at(4)->sender.at, 1'600'000'000s) << "what the sender says is told";
}

}  // namespace
}  // namespace saccade::media
