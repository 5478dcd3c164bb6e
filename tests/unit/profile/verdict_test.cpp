#include "profile/verdict.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "run_fake.h"

namespace saccade::profile {
namespace {

using namespace std::chrono_literals;
using test::run_and_measure;
using test::Script;

/// By how much the script's sleeps were longer than asked for: 0.1 is a tenth.
double lateness(const Measurement& measured, const Script& script) {
    const auto over = [&](const char* name, std::chrono::microseconds asked) {
        if (asked.count() == 0) return 0.0;
        for (const auto& stage : measured.stages) {
            if (stage.name == name)
                return stage.time.mean / (1e-3 * static_cast<double>(asked.count())) - 1;
        }
        return 0.0;
    };
    return std::max(over("decode", script.decode), over("sink", script.sink));
}

/// The verdict names `bottleneck`, and removing it brings what was foretold. A busy machine wakes
/// sleepers late, by milliseconds: each further attempt sleeps twice as long, so that this weighs
/// half. One that is late even then can't show anything: then it skips.
void expect_verdict(Script slow, const std::string& bottleneck, Script mended) {
    constexpr int attempts = 4;
    for (int attempt = 1;; ++attempt) {
        const Measurement before = run_and_measure(slow);
        const Measurement after = run_and_measure(mended);
        const Verdict verdict = judge(before);
        const double real = after.fps / before.fps;
        const double off = verdict.speedup / real - 1;
        const bool good = verdict.bottleneck == bottleneck && std::abs(off) < 0.25 &&
                          std::abs(verdict.model_error) < 0.25 && real > 1.2;
        if (!good && attempt < attempts) {
            slow = slow.slower(2);
            mended = mended.slower(2);
            continue;
        }
        const double late = std::max(lateness(before, slow), lateness(after, mended));
        if (!good && late > 0.1)
            GTEST_SKIP() << "sleeps took " << 100 * late << " % longer than asked";
        EXPECT_EQ(verdict.bottleneck, bottleneck) << verdict.summary;
        EXPECT_NEAR(off, 0, 0.25) << "foretold " << verdict.speedup << ", was " << real;
        EXPECT_NEAR(verdict.model_error, 0, 0.25);
        EXPECT_GT(real, 1.2) << "the script is not slow enough to show anything";
        EXPECT_FALSE(verdict.evidence.empty());
        EXPECT_FALSE(verdict.advice.empty());
        return;
    }
}

TEST(Verdict, NamesASlowSink) {
    expect_verdict({.decode = 2000us, .network = 3000us, .sink = 8000us}, "sink",
                   {.decode = 2000us, .network = 3000us, .sink = 0us});
}

TEST(Verdict, NamesASlowDecoder) {
    expect_verdict({.decode = 8000us, .network = 3000us, .sink = 2000us}, "decode",
                   {.decode = 0us, .network = 3000us, .sink = 2000us});
}

TEST(Verdict, OffersNoThreadsToAGpusDecoder) {
    Measurement slow = run_and_measure({.decode = 8000us, .network = 1000us, .sink = 0us});
    const auto advised = [&](const char* what) {
        const auto advice = judge(slow).advice;
        return std::any_of(advice.begin(), advice.end(), [&](const std::string& line) {
            return line.find(what) != std::string::npos;
        });
    };
    EXPECT_TRUE(advised("--decoder-threads"));
    slow.gpu_decoder = {0.1, 0.12};
    EXPECT_FALSE(advised("--decoder-threads"));
    EXPECT_TRUE(advised("--streams"));
    slow.gpu_decoder = {0.95, 0.91};
    EXPECT_FALSE(advised("--streams")) << "there is no decoder left for a further one";
    EXPECT_TRUE(advised("93 % busy"));
}

TEST(Verdict, NamesASlowModel) {
    expect_verdict({.decode = 2000us, .network = 8000us, .sink = 3000us}, "network",
                   {.decode = 2000us, .network = 0us, .sink = 3000us});
}

TEST(Verdict, NamesASlowModelOfLargeBatches) {
    expect_verdict({.decode = 1000us, .network = 4000us, .sink = 1600us, .frames = 120, .batch = 4},
                   "network",
                   {.decode = 1000us, .network = 0us, .sink = 1600us, .frames = 120, .batch = 4});
}

TEST(Verdict, NamesASmallQueue) {
    expect_verdict(
        {.decode = 4000us, .network = 4000us, .sink = 0us, .burst = 16, .frames = 160, .queue = 1},
        "queue",
        {.decode = 4000us,
         .network = 4000us,
         .sink = 0us,
         .burst = 16,
         .frames = 160,
         .queue = 32});
}

TEST(Verdict, NamesTheSlowDecodersOfManyStreams) {
    expect_verdict({.decode = 12000us,
                    .network = 2000us,
                    .sink = 400us,
                    .frames = 60,
                    .streams = 4,
                    .at_once = 2},
                   "decode",
                   {.decode = 0us,
                    .network = 2000us,
                    .sink = 400us,
                    .frames = 60,
                    .streams = 4,
                    .at_once = 2});
}

/// 100 frames of one stream in a second, each with these seconds of work by stage.
Measurement steady(std::array<float, stage_count> seconds) {
    Measurement m;
    m.frames = 100;
    m.seconds = 1;
    m.fps = 100;
    m.cores = 64;
    m.queues.resize(3);
    m.waiting.resize(5);
    m.costs.resize(1);
    m.costs[0].frames.assign(100, FrameCost{seconds});
    for (std::size_t s = 0; s < stage_count; ++s) m.stages[s].name = to_string(traced_stages[s]);
    return m;
}

TEST(Verdict, SaysSoWhereNothingStandsOut) {
    Measurement m = steady({0.01F, 0.001F, 0.0099F, 0.001F, 0.0099F, 0.0099F});
    m.slots = 2;
    EXPECT_EQ(judge(m).bottleneck, "none");
}

TEST(Verdict, BlamesTheCoresWhereTheyAreUsedUp) {
    Measurement m = steady({0.002F, 0.001F, 0.007F, 0, 0, 0});
    m.cores = 2;
    m.cores_used = 1.98;
    m.stages[0].cpu_ms = 4;
    m.stages[2].cpu_ms = 15.8;
    const Verdict verdict = judge(m);
    EXPECT_EQ(verdict.bottleneck, "cores");
    EXPECT_EQ(verdict.stage, "network");
    // Without the network, decoding alone limits: 2 ms a frame.
    EXPECT_NEAR(verdict.speedup, 99.0 / 20, 0.2);
}

Measurement slow_tracker() {
    Measurement m = steady({0.001F, 0, 0.001F, 0, 0.0099F, 0});
    Stage& tracker = m.stages[4];
    tracker.utilization = 0.99;
    tracker.time.mean = tracker.time.p50 = 9.9;
    return m;
}

TEST(Verdict, TellsCloserLooksFromTracking) {
    Measurement m = slow_tracker();
    const Verdict tracking = judge(m);
    EXPECT_EQ(tracking.bottleneck, "track");
    EXPECT_NE(tracking.advice.front().find("--tracker"), std::string::npos);
    m.waiting[4].share = 0.9;
    const Verdict looks = judge(m);
    EXPECT_NE(looks.advice.front().find("--refine"), std::string::npos);
    EXPECT_TRUE(
        std::any_of(looks.evidence.begin(), looks.evidence.end(), [](const std::string& line) {
            return line.find("closer looks") != std::string::npos &&
                   line.find("90 %") != std::string::npos;
        }));
}

TEST(Verdict, TellsWhereFewFramesTakeMostOfTheTime) {
    Measurement m = slow_tracker();
    m.stages[4].time.p50 = 1.98;
    const Verdict verdict = judge(m);
    EXPECT_TRUE(
        std::any_of(verdict.evidence.begin(), verdict.evidence.end(), [](const std::string& line) {
            return line.find("80 % of its time goes into few frames") != std::string::npos;
        }));
}

TEST(Verdict, HasNothingToSayOfNothing) {
    const Verdict verdict = judge(Measurement{});
    EXPECT_EQ(verdict.bottleneck, "none");
}

}  // namespace
}  // namespace saccade::profile
