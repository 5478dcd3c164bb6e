#include "media/frame_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
constexpr TimeBase ms{1, 1000};
using Units = std::optional<std::int64_t>;
using Times = std::vector<Timestamp>;

Times next(FrameTimes& times, Units timestamp, Units duration = {}) {
    Times ready;
    times.next(timestamp, duration, ready);
    return ready;
}

Times flush(FrameTimes& times, Units then = {}) {
    Times ready;
    times.flush(then, ready);
    return ready;
}

TEST(FrameTimes, AreThoseOfTheFile) {
    FrameTimes times(ms, 25);
    EXPECT_THAT(next(times, 2000), ElementsAre(2s));
    EXPECT_THAT(next(times, 2040), ElementsAre(2040ms));
    FrameTimes early(ms, 25);
    EXPECT_THAT(next(early, -80), ElementsAre(-80ms));
    EXPECT_THAT(next(early, -40), ElementsAre(-40ms));
    FrameTimes since_1970(ms, 25);
    EXPECT_THAT(next(since_1970, 1'700'000'000'000), ElementsAre(1'700'000'000s));
    EXPECT_THAT(next(since_1970, 1'700'000'000'040), ElementsAre(1'700'000'000'040ms));
}

TEST(FrameTimes, AreExactInNanoseconds) {
    FrameTimes times({1, 90000}, 30000.0 / 1001);
    for (std::int64_t i = 0; i < 1000; ++i) {
        const double expected = static_cast<double>(i) * 3003 / 90000 * 1e9;
        EXPECT_NEAR(static_cast<double>(next(times, i * 3003).at(0).count()), expected, 0.6);
    }
}

TEST(FrameTimes, GoOnInTheMiddleOfAStream) {
    FrameTimes times(ms, 25);
    EXPECT_THAT(next(times, 140), ElementsAre(140ms));
    times.go_on_at(5100);
    EXPECT_THAT(next(times, 5100), ElementsAre(5100ms));
    EXPECT_THAT(next(times, {}), IsEmpty());
    EXPECT_THAT(flush(times), ElementsAre(5140ms));
    times.go_on_at(9100);
    EXPECT_THAT(next(times, std::numeric_limits<std::int64_t>::max() / 2), IsEmpty()) << "noise";
    EXPECT_THAT(flush(times), ElementsAre(9140ms));
}

TEST(FrameTimes, LieBetweenTheKnownOnesOnBothSides) {
    FrameTimes times(ms, 50);
    EXPECT_THAT(next(times, 100), ElementsAre(100ms));
    EXPECT_THAT(next(times, {}), IsEmpty());
    EXPECT_THAT(next(times, {}), IsEmpty());
    EXPECT_THAT(next(times, 400), ElementsAre(200ms, 300ms, 400ms)) << "not 120 and 140";
    EXPECT_THAT(next(times, {}), IsEmpty());
    EXPECT_THAT(flush(times, 500), ElementsAre(450ms)) << "the next part begins at 500";
    EXPECT_THAT(flush(times, 500), IsEmpty());
}

TEST(FrameTimes, BeforeTheFirstKnownOneFollowFromIt) {
    FrameTimes times(ms, 50);
    EXPECT_THAT(next(times, {}, 30), IsEmpty());
    EXPECT_THAT(next(times, {}), IsEmpty());
    EXPECT_THAT(next(times, 2000), ElementsAre(1950ms, 1980ms, 2s));
}

TEST(FrameTimes, WithoutAnyAreThoseOfTheFrameRate) {
    FrameTimes times(ms, 50);
    Times all;
    times.next({}, {}, all);
    times.next({}, 35, all);
    times.next({}, {}, all);
    times.next({}, {}, all);
    EXPECT_THAT(all, IsEmpty());
    EXPECT_THAT(flush(times), ElementsAre(0ms, 20ms, 55ms, 75ms));
    EXPECT_THAT(next(times, 200), ElementsAre(200ms));
    FrameTimes rateless(ms, 0);
    next(rateless, {});
    next(rateless, {});
    EXPECT_THAT(flush(rateless), ElementsAre(0ms, 40ms)) << "25 Hz where nothing is known";
}

TEST(FrameTimes, WaitForNoMoreThanAFewFrames) {
    FrameTimes times(ms, 50);
    Times all;
    for (std::size_t i = 1; i <= 1000; ++i) {
        times.next({}, {}, all);
        ASSERT_LE(i - all.size(), FrameTimes::most_waiting);
        if (i > FrameTimes::most_waiting) {
            ASSERT_EQ(all.size(), i) << "a stream without times";
        }
    }
    times.flush({}, all);
    ASSERT_EQ(all.size(), 1000U);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i * 20ms);
}

TEST(FrameTimes, HoldStillOnASlipAndGoOnWhenTheClockIsSetBack) {
    FrameTimes times(ms, 25);
    EXPECT_THAT(next(times, 1000), ElementsAre(1000ms));
    EXPECT_THAT(next(times, 960), ElementsAre(1000ms));
    EXPECT_THAT(next(times, 1040), ElementsAre(1040ms));
    EXPECT_THAT(next(times, 0), ElementsAre(1080ms));
    EXPECT_THAT(next(times, 40), ElementsAre(1120ms));
    EXPECT_THAT(next(times, {}), IsEmpty());
    EXPECT_THAT(next(times, 200), ElementsAre(1200ms, 1280ms));
}

TEST(FrameTimes, NeverGoBackOnAnyInputAndMissNone) {
    std::minstd_rand random(9);
    for (const TimeBase base : {ms, TimeBase{1, 90000}, TimeBase{1, 1}, TimeBase{2147483647, 1},
                                TimeBase{0, 0}, TimeBase{-1, 5}}) {
        for (const double rate : {0.0, 25.0, 1e9, -4.0, std::numeric_limits<double>::infinity()}) {
            FrameTimes times(base, rate);
            Times all;
            for (int i = 0; i < 300; ++i) {
                const std::int64_t wild[] = {std::numeric_limits<std::int64_t>::max(),
                                             std::numeric_limits<std::int64_t>::min() + 1,
                                             0,
                                             -1,
                                             static_cast<std::int64_t>(random()) * 1000,
                                             i * 40};
                const Units time = random() % 4 == 0 ? Units() : Units(wild[random() % 6]);
                const Units length = random() % 2 == 0 ? Units() : Units(wild[random() % 6]);
                times.next(time, length, all);
            }
            times.flush(std::nullopt, all);
            ASSERT_EQ(all.size(), 300U);
            EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
        }
    }
}

}  // namespace
}  // namespace saccade::media
