#include "memory/decoder_budget.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/fake_devices.h"

namespace saccade::memory {
namespace {

using namespace std::chrono_literals;

DecoderNeed need(std::size_t bytes, std::string kind = "h264 1920x1080") {
    return {.kind = std::move(kind), .bytes = bytes};
}

class DecoderBudgetTest : public testing::Test {
  protected:
    State memory_{.used = 100, .others = 0, .total = 10'000};
    test::ScriptedProbe probe_{[this] { return memory_; }};
};

TEST(DecoderNeed, IsTheCodecsPicturesAndThoseQueued) {
    media::StreamInfo info;
    info.codec = "hevc";
    info.width = 3840;
    info.height = 2160;
    info.format = PixelFormat::nv12;
    const std::size_t picture = 3840U * 2160U * 3 / 2;
    EXPECT_EQ(decoder_need(info, 40).bytes, 58 * picture);
    info.format = PixelFormat::p010;
    EXPECT_EQ(decoder_need(info, 40).bytes, 2 * 58 * picture);
    const std::string kind = decoder_need(info, 40).kind;
    info.codec = "mjpeg";
    EXPECT_EQ(decoder_need(info, 0).bytes, 12 * picture);
    EXPECT_NE(decoder_need(info, 40).kind, kind);
    info.format = PixelFormat::i444;
    EXPECT_EQ(decoder_need(info, 0).bytes, 12 * picture);
}

TEST(QueueCapacity, IsTheStreamsShareOfAnEighthOfTheMemory) {
    media::StreamInfo info;
    info.width = 1000;
    info.height = 1000;
    info.format = PixelFormat::gray8;  // 1 MB a picture
    EXPECT_EQ(queue_capacity(info, 32, 0, 100), 32U) << "no limit";
    EXPECT_EQ(queue_capacity(info, 32, 20'000'000'000, 16), 32U);
    EXPECT_EQ(queue_capacity(info, 32, 2'000'000'000, 16), 15U);
    EXPECT_EQ(queue_capacity(info, 32, 2'000'000'000, 1000), 4U);
    EXPECT_EQ(queue_capacity(info, 2, 2'000'000'000, 1000), 2U);
    EXPECT_EQ(queue_capacity(media::StreamInfo{}, 32, 1000, 1), 32U) << "of unknown size";
}

TEST(DecodersThatFit, AreThoseOfTheStreamsShareOfTheRoomBesideItsQueue) {
    media::StreamInfo info;
    info.codec = "mjpeg";  // 6 surfaces
    info.width = 1000;
    info.height = 1000;
    info.format = PixelFormat::gray8;  // 1 MB a picture
    info.decoders = 7;
    EXPECT_EQ(decoders_that_fit(info, 32, std::nullopt, 1), 7U) << "no limit";
    EXPECT_EQ(decoders_that_fit(info, 32, 2'000'000'000, 1), 7U);
    EXPECT_EQ(decoders_that_fit(info, 0, 45'000'000, 1), 5U);
    EXPECT_EQ(decoders_that_fit(info, 9, 45'000'000, 1), 4U);
    EXPECT_EQ(decoders_that_fit(info, 9, 90'000'000, 2), 4U);
    EXPECT_EQ(decoders_that_fit(info, 32, 1'000'000, 1), 1U);
    EXPECT_EQ(decoders_that_fit(info, 32, 0, 1), 1U);
    info.decoders = 1;
    EXPECT_EQ(decoders_that_fit(info, 32, 2'000'000'000, 1), 1U);
    info = {
        .codec = "hevc", .decoders = 7, .width = 7680, .height = 4320, .format = PixelFormat::nv12};
    EXPECT_EQ(decoders_that_fit(info, 32, 16'500'000'000, 1), 7U);
    info.decoders = 2;
    EXPECT_EQ(decoders_that_fit(info, 12, 16'500'000'000, 4), 2U);
    media::StreamInfo unknown;
    unknown.decoders = 3;
    EXPECT_EQ(decoders_that_fit(unknown, 32, 1000, 1), 3U) << "of unknown size";
}

TEST_F(DecoderBudgetTest, RoomIsWhatIsLeftBesideTheNetworks) {
    DecoderBudget budget(1000, &probe_);
    EXPECT_EQ(budget.headroom(), 800U);  // 900 but the 100 that are held
    ASSERT_TRUE(budget.admit(1, need(400)));
    memory_.used = 500;
    EXPECT_EQ(budget.headroom(), 800U) << "decoders have their part of it";
    budget.close(1);
    memory_.used = 300;
    EXPECT_EQ(budget.headroom(), 600U);
    memory_.total = 1000;
    memory_.others = 500;
    EXPECT_EQ(budget.headroom(), 150U) << "others hold half of the device";
    EXPECT_EQ(DecoderBudget(0, nullptr).headroom(), std::nullopt);
    EXPECT_EQ(DecoderBudget(1000, nullptr).headroom(), 900U);
}

TEST_F(DecoderBudgetTest, AdmitsWhatFitsUnderNineTenthsOfTheLimit) {
    DecoderBudget budget(1000, &probe_);
    EXPECT_TRUE(budget.admit(1, need(400)));
    EXPECT_TRUE(budget.admit(2, need(400)));  // 100 + 400 + 400 is the line itself
    EXPECT_FALSE(budget.admit(3, need(1)));
    EXPECT_EQ(budget.open(), 2U);
}

TEST_F(DecoderBudgetTest, KeepsRoomForPicturesUnderWayOnceForAll) {
    DecoderBudget budget(1000, &probe_);
    DecoderNeed small = need(200);
    small.under_way = 300;
    EXPECT_TRUE(budget.admit(1, small));
    EXPECT_TRUE(budget.admit(2, small));  // 100 + 200 + 200 + 300 is under 900
    EXPECT_FALSE(budget.admit(3, small));
    EXPECT_TRUE(budget.admit(3, need(200)));
}

TEST_F(DecoderBudgetTest, OneAlwaysRuns) {
    DecoderBudget budget(1000, &probe_);
    EXPECT_TRUE(budget.admit(1, need(1'000'000)));
    EXPECT_FALSE(budget.admit(2, need(1)));
    budget.close(1);
    EXPECT_TRUE(budget.admit(2, need(1)));
}

TEST_F(DecoderBudgetTest, WhatSettlingStreamsHoldAlreadyIsNotCountedTwice) {
    DecoderBudget budget(1000, &probe_);
    ASSERT_TRUE(budget.admit(1, need(400)));
    memory_.used = 400;  // 300 of its 400 are there
    EXPECT_TRUE(budget.admit(2, need(400)));
    EXPECT_FALSE(budget.admit(3, need(1)));
}

TEST_F(DecoderBudgetTest, MeasurementsReplaceTheEstimate) {
    DecoderBudget budget(10'000, &probe_);
    ASSERT_TRUE(budget.admit(1, need(400)));
    memory_.used = 350;
    budget.settled(1);
    EXPECT_EQ(budget.expected(need(400)), 250U);
    EXPECT_EQ(budget.expected(need(400, "another")), 400U);
    // Two at once: each half. The least ever seen stays.
    ASSERT_TRUE(budget.admit(2, need(400)));
    ASSERT_TRUE(budget.admit(3, need(400)));
    memory_.used = 750;
    budget.settled(2);
    EXPECT_EQ(budget.expected(need(400)), 250U);
    budget.settled(3);
    EXPECT_EQ(budget.expected(need(400)), 200U);
    ASSERT_TRUE(budget.admit(4, need(400)));
    memory_.used = 1750;
    budget.settled(4);
    EXPECT_EQ(budget.expected(need(400)), 200U);
}

TEST_F(DecoderBudgetTest, NothingIsMeasuredWhereStreamsDifferOrEndMeanwhile) {
    DecoderBudget budget(10'000, &probe_);
    ASSERT_TRUE(budget.admit(1, need(400)));
    ASSERT_TRUE(budget.admit(2, need(300, "another")));
    memory_.used = 900;
    budget.settled(1);
    budget.settled(2);
    EXPECT_EQ(budget.expected(need(400)), 400U);
    ASSERT_TRUE(budget.admit(3, need(400)));
    budget.close(1);
    memory_.used = 1000;
    budget.settled(3);
    EXPECT_EQ(budget.expected(need(400)), 400U);
}

TEST_F(DecoderBudgetTest, OthersMemoryIsNotThere) {
    memory_ = {.used = 100, .others = 9000, .total = 10'000};
    DecoderBudget budget(0, &probe_);
    ASSERT_TRUE(budget.admit(1, need(100)));
    EXPECT_TRUE(budget.admit(2, need(600)));  // 800 of 0.9 * 1000
    EXPECT_FALSE(budget.admit(3, need(200)));
    memory_.others = 8000;
    EXPECT_TRUE(budget.admit(3, need(200)));
}

TEST_F(DecoderBudgetTest, WithoutAProbeOrOnAnotherDeviceNobodyWaits) {
    DecoderBudget blind(10, nullptr);
    for (std::uint32_t s = 0; s < 9; ++s) EXPECT_TRUE(blind.admit(s, need(1'000'000)));
    DecoderBudget budget(10, &probe_);
    for (std::uint32_t s = 0; s < 9; ++s) EXPECT_TRUE(budget.admit(s, need(0)));
}

TEST_F(DecoderBudgetTest, WaitingStreamsComeInInTheirOrder) {
    DecoderAdmission admission(1000, &probe_);
    ASSERT_TRUE(admission.wait(0, need(800), {}));
    std::mutex mutex;
    std::vector<std::uint32_t> order;
    std::vector<std::jthread> threads;
    for (std::uint32_t s = 1; s <= 3; ++s) {
        threads.emplace_back([&, s] {
            ASSERT_TRUE(admission.wait(s, need(800), {}));
            {
                std::lock_guard lock(mutex);
                order.push_back(s);
            }
            admission.close(s);
        });
        while (admission.waited() < s) std::this_thread::sleep_for(1ms);
    }
    {
        std::lock_guard lock(mutex);
        EXPECT_TRUE(order.empty());
    }
    admission.close(0);
    threads.clear();
    EXPECT_EQ(order, (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(DecoderBudgetTest, AStopEndsTheWaitAndLetsTheNextOneIn) {
    DecoderAdmission admission(1000, &probe_);
    ASSERT_TRUE(admission.wait(0, need(800), {}));
    std::stop_source stop;
    std::jthread first([&] { EXPECT_FALSE(admission.wait(1, need(800), stop.get_token())); });
    while (admission.waited() < 1) std::this_thread::sleep_for(1ms);
    std::jthread second([&] { EXPECT_TRUE(admission.wait(2, need(800), {})); });
    while (admission.waited() < 2) std::this_thread::sleep_for(1ms);
    stop.request_stop();
    first.join();
    admission.close(0);
    second.join();
}

}  // namespace
}  // namespace saccade::memory
