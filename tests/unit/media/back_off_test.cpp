#include "media/back_off.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

TEST(BackOff, PausesGrowByHalfUpToTheLongest) {
    BackOff all(1);
    BackOff::Member member(all, "host");
    std::chrono::nanoseconds full = 500ms;
    for (int i = 0; i < 100; ++i) {
        const auto pause = member.failed(0s, 30s);
        EXPECT_GE(pause, full / 2);
        EXPECT_LE(pause, full);
        full = std::min<std::chrono::nanoseconds>(full + full / 2, 30s);
    }
}

TEST(BackOff, AGoodMinuteStartsFromTheBeginning) {
    BackOff all(1);
    BackOff::Member member(all, "host");
    for (int i = 0; i < 20; ++i) static_cast<void>(member.failed(0s, 30s));
    member.runs();
    EXPECT_GT(member.failed(59s, 30s), 10s) << "not yet a minute";
    member.runs();
    EXPECT_LE(member.failed(60s, 30s), 500ms);
}

TEST(BackOff, StreamsOfAHostThatIsGoneShareItsPause) {
    BackOff all(1);
    BackOff::Member one(all, "host"), other(all, "host"), elsewhere(all, "host:8554");
    for (int i = 0; i < 20; ++i) static_cast<void>(one.failed(0s, 30s));
    EXPECT_GE(other.failed(0s, 30s), 15s) << "known to be gone";
    EXPECT_LE(elsewhere.failed(0s, 30s), 500ms);
}

TEST(BackOff, AStreamThatFailsAloneDoesNotSlowTheOthersOfItsHost) {
    BackOff all(1);
    BackOff::Member wrong_path(all, "host"), good(all, "host"), better(all, "host");
    good.runs();
    better.runs();
    for (int i = 0; i < 10; ++i) static_cast<void>(wrong_path.failed(0s, 30s));
    EXPECT_LE(good.failed(10s, 30s), 500ms);
}

TEST(BackOff, ManyThatFailAtOnceDoNotMeetAgain) {
    BackOff all(7);
    std::vector<std::unique_ptr<BackOff::Member>> members;
    std::vector<std::chrono::nanoseconds> pauses;
    for (int i = 0; i < 64; ++i) members.push_back(std::make_unique<BackOff::Member>(all, "host"));
    for (int i = 0; i < 8; ++i) {
        pauses.clear();
        for (auto& member : members) pauses.push_back(member->failed(0s, 30s));
    }
    const auto [least, most] = std::minmax_element(pauses.begin(), pauses.end());
    EXPECT_GT(*most - *least, 2s) << "of pauses of 8.5 s";
    EXPECT_LE(*most, 9s) << "they failed eight times each, not 512 times";
}

TEST(BackOff, ARefusedPasswordIsNotTriedAgainSoon) {
    BackOff all(1);
    BackOff::Member member(all, "host");
    EXPECT_GE(member.failed(0s, 30s, true), 15s);
}

}  // namespace
}  // namespace saccade::media
