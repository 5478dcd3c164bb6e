#include "media/frame_times.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
constexpr TimeBase ms{1, 1000};
using Units = std::optional<std::int64_t>;

TEST(FrameTimes, CountFromTheStart) {
    FrameTimes given(ms, 100, 25);
    EXPECT_EQ(given.next(140, {}), 40ms);  // the stream starts before its first frame
    EXPECT_EQ(given.next(180, {}), 80ms);
    FrameTimes unknown(ms, {}, 25);
    EXPECT_EQ(unknown.next(140, {}), 0ms);
    EXPECT_EQ(unknown.next(141, {}), 1ms);
    FrameTimes later(ms, 500, 25);  // a start after the first frame is none
    EXPECT_EQ(later.next(140, {}), 0ms);
}

TEST(FrameTimes, AreExactInNanoseconds) {
    FrameTimes times({1, 90000}, 0, 30000.0 / 1001);
    for (std::int64_t i = 0; i < 1000; ++i) {
        const double expected = static_cast<double>(i) * 3003 / 90000 * 1e9;
        EXPECT_NEAR(static_cast<double>(times.next(i * 3003, {}).count()), expected, 0.6);
    }
}

TEST(FrameTimes, GoOnInTheMiddleOfAStream) {
    FrameTimes times(ms, 100, 25);
    EXPECT_EQ(times.next(140, {}), 40ms);
    times.go_on_at(5100);
    EXPECT_EQ(times.next(5100, {}), 5s);
    EXPECT_EQ(times.next({}, {}), 5040ms);
    times.go_on_at(9100);
    EXPECT_EQ(times.next(std::numeric_limits<std::int64_t>::max() / 2, {}), 9040ms) << "noise";
}

TEST(FrameTimes, FillGapsFromDurationThenFrameRate) {
    FrameTimes times(ms, 0, 50);
    EXPECT_EQ(times.next({}, {}), 0ms);
    EXPECT_EQ(times.next({}, 35), 20ms);
    EXPECT_EQ(times.next({}, {}), 55ms);
    EXPECT_EQ(times.next({}, {}), 75ms);
    EXPECT_EQ(times.next(200, {}), 200ms);
    FrameTimes rateless(ms, {}, 0);
    rateless.next({}, {});
    EXPECT_EQ(rateless.next({}, {}), 40ms) << "25 Hz where nothing is known";
}

TEST(FrameTimes, HoldStillOnASlipAndGoOnWhenTheClockIsSetBack) {
    FrameTimes times(ms, 0, 25);
    EXPECT_EQ(times.next(1000, {}), 1000ms);
    EXPECT_EQ(times.next(960, {}), 1000ms);
    EXPECT_EQ(times.next(1040, {}), 1040ms);
    EXPECT_EQ(times.next(0, {}), 1080ms);
    EXPECT_EQ(times.next(40, {}), 1120ms);
    EXPECT_EQ(times.next(200, {}), 1280ms);
}

TEST(FrameTimes, NeverGoBackOnAnyInput) {
    std::minstd_rand random(9);
    for (const TimeBase base : {ms, TimeBase{1, 90000}, TimeBase{1, 1}, TimeBase{2147483647, 1},
                                TimeBase{0, 0}, TimeBase{-1, 5}}) {
        for (const double rate : {0.0, 25.0, 1e9, -4.0, std::numeric_limits<double>::infinity()}) {
            FrameTimes times(base, random() % 2 == 0 ? Units(5) : Units(), rate);
            Timestamp latest{0};
            for (int i = 0; i < 300; ++i) {
                const std::int64_t wild[] = {std::numeric_limits<std::int64_t>::max(),
                                             std::numeric_limits<std::int64_t>::min() + 1,
                                             0,
                                             -1,
                                             static_cast<std::int64_t>(random()) * 1000,
                                             i * 40};
                const Units time = random() % 7 == 0 ? Units() : Units(wild[random() % 6]);
                const Units length = random() % 2 == 0 ? Units() : Units(wild[random() % 6]);
                const Timestamp now = times.next(time, length);
                ASSERT_GE(now, latest);
                latest = now;
            }
        }
    }
}

}  // namespace
}  // namespace saccade::media
