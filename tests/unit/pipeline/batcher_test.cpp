#include "pipeline/batcher.h"

#include <gtest/gtest.h>

#include <thread>

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

Item item(std::uint32_t stream, std::uint64_t index, bool carried = false) {
    Item made;
    made.frame.id = {stream, index};
    made.carried = carried;
    return made;
}

TEST(Batcher, TakesFromStreamsInTurnAndInOrderWithinEach) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    for (std::uint32_t s = 1; s <= 3; ++s) {
        batcher.open(s, Batcher::Kind::file);
        for (std::uint64_t i = 0; i < 4; ++i) ASSERT_TRUE(batcher.push(item(s, i)));
    }
    std::vector<FrameId> order;
    for (const Item& i : batcher.next(6)) order.push_back(i.frame.id);
    EXPECT_EQ(order, (std::vector<FrameId>{{1, 0}, {2, 0}, {3, 0}, {1, 1}, {2, 1}, {3, 1}}));
    EXPECT_EQ(batcher.next(6).size(), 6U);
}

TEST(Batcher, UrgentFramesGoFirstAndAtOnce) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.open(9, Batcher::Kind::urgent);
    batcher.push(item(0, 0));
    batcher.push(item(0, 1));
    EXPECT_TRUE(batcher.try_next(8).empty());
    batcher.push(item(9, 0));
    batcher.push(item(9, 1));
    std::vector<FrameId> order;
    for (const Item& i : batcher.next(3)) order.push_back(i.frame.id);
    EXPECT_EQ(order, (std::vector<FrameId>{{9, 0}, {9, 1}, {0, 0}}));
    batcher.push(item(9, 2));
    EXPECT_EQ(batcher.try_next(8).size(), 2U);  // what is there goes with it
    // An urgent stream that is open keeps no last batch waiting.
    batcher.push(item(0, 2));
    batcher.finish(0);
    EXPECT_EQ(batcher.next(8).size(), 1U);
}

TEST(Batcher, WhoWaitsWithWorkUnderWayIsWokenByABatchOrACall) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    batcher.wake();  // before the wait begins
    EXPECT_TRUE(batcher.next_or_woken(2).empty());
    std::vector<Item> batch;
    std::jthread consumer([&] {
        while (batch.empty()) batch = batcher.next_or_woken(2);
    });
    batcher.wake();
    batcher.push(item(0, 1));
    consumer.join();
    EXPECT_EQ(batch.size(), 2U);
}

TEST(Batcher, WithWorkUnderWayNobodyWaitsForLong) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    EXPECT_TRUE(batcher.next_or_woken(2).empty());
    batcher.finish(0);
    EXPECT_EQ(batcher.next_or_woken(2).size(), 1U);
}

TEST(Batcher, AnUrgentFrameEndsAWaitThatBeganBeforeItCame) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.open(9, Batcher::Kind::urgent);
    batcher.push(item(0, 0));
    std::vector<Item> batch;
    std::jthread consumer([&] { batch = batcher.next(8); });
    std::this_thread::sleep_for(
        20ms);  // so that it waits, as a rule; the result is the same if not
    batcher.push(item(9, 0));
    consumer.join();
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch[0].frame.id, (FrameId{9, 0}));
}

TEST(Batcher, AStreamWithoutCreditIsPassedOver) {
    Batcher batcher({.queue = 4, .credit = 2, .max_wait = 1ms});
    batcher.open(0, Batcher::Kind::file);
    batcher.open(1, Batcher::Kind::file);
    for (std::uint64_t i = 0; i < 4; ++i) {
        batcher.push(item(0, i));
        batcher.push(item(1, i));
    }
    EXPECT_EQ(batcher.next(8).size(), 4U);  // two each, then the credit is used up
    EXPECT_TRUE(batcher.try_next(8).empty());
    batcher.release(1);
    const auto batch = batcher.next(8);
    ASSERT_EQ(batch.size(), 1U);
    EXPECT_EQ(batch[0].frame.id, (FrameId{1, 2}));
}

TEST(Batcher, LiveFramesWaitLessWhereTheTargetWasNotKept) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h, .target_p99 = 10ms});
    batcher.open(0, Batcher::Kind::live);
    const auto deliver_late = [&] {
        for (std::size_t i = 0; i < WaitTuner::window; ++i) batcher.delivered(0, 1s);
    };
    Item half_an_hour_old = item(0, 0);
    half_an_hour_old.decoded = std::chrono::steady_clock::now() - 31min;
    batcher.push(half_an_hour_old);
    EXPECT_TRUE(batcher.try_next(4).empty()) << "it may wait an hour";
    deliver_late();
    EXPECT_EQ(batcher.try_next(4).size(), 1U) << "half an hour now";
}

TEST(Batcher, APartialBatchComesWhenNoStreamCanAddToIt) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    EXPECT_TRUE(batcher.try_next(4).empty());  // more may come
    batcher.finish(0);
    EXPECT_EQ(batcher.try_next(4).size(), 1U);
}

TEST(Batcher, APartialBatchComesAfterMaxWait) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1ms});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    EXPECT_EQ(batcher.next(4).size(), 1U);
}

TEST(Batcher, ALiveFrameThatHasWaitedLongEnoughIsNotHeldBackForOthers) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.open(1, Batcher::Kind::live);
    const auto now = std::chrono::steady_clock::now();
    Item old = item(0, 0), fresh = item(1, 0), late = item(1, 1);
    old.decoded = now - 2h;  // of a file: it has time
    fresh.decoded = now;
    late.decoded = now - 2h;
    batcher.push(old);
    batcher.push(fresh);
    EXPECT_TRUE(batcher.try_next(8).empty());
    batcher.cancel(1);
    batcher.close(1);
    batcher.open(1, Batcher::Kind::live);
    batcher.push(late);
    EXPECT_EQ(batcher.try_next(8).size(), 2U);
    batcher.push(late);
    EXPECT_EQ(batcher.next(8).size(), 1U);  // nor does it wait an hour
}

TEST(Batcher, ShutdownEndsTheConsumerOnceDrained) {
    Batcher batcher({.queue = 8, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    batcher.finish(0);
    batcher.shutdown();
    EXPECT_EQ(batcher.next(4).size(), 1U);
    EXPECT_TRUE(batcher.next(4).empty());
}

TEST(Batcher, ALiveStreamDropsItsOldestFrameAndCountsIt) {
    Batcher batcher({.queue = 2, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::live);
    for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE(batcher.push(item(0, i)));
    batcher.finish(0);
    const auto batch = batcher.next(4);
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch[0].frame.id.index, 3U);
    EXPECT_EQ(batch[1].frame.id.index, 4U);
    batcher.delivered(0);
    batcher.delivered(0);
    const Drops dropped = batcher.close(0);
    EXPECT_EQ(dropped.detector, 3U);
    EXPECT_EQ(dropped.results, 0U);
}

TEST(Batcher, AFrameBehindADroppedLookIsLookedAt) {
    Batcher batcher({.queue = 2, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::live);
    batcher.push(item(0, 0));
    batcher.push(item(0, 1, true));
    batcher.push(item(0, 2, true));  // 0 goes, and with it what 1 would have carried
    batcher.finish(0);
    const auto batch = batcher.next(4);
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_FALSE(batch[0].carried);
    EXPECT_TRUE(batch[1].carried);
    batcher.delivered(0);
    batcher.delivered(0);
    batcher.close(0);
}

TEST(Batcher, DropsBecauseResultsAreNotTakenAreCountedAsSuch) {
    Batcher batcher({.queue = 2, .credit = 1, .max_wait = 1ms});
    batcher.open(0, Batcher::Kind::live);
    batcher.push(item(0, 0));
    EXPECT_EQ(batcher.next(1).size(), 1U);  // its result is not released
    for (std::uint64_t i = 1; i < 5; ++i) batcher.push(item(0, i));
    const Drops dropped = batcher.close(0);
    EXPECT_EQ(dropped.detector, 0U);
    EXPECT_EQ(dropped.results, 2U);
}

TEST(Batcher, CancelUnblocksTheProducerAndGivesFramesBack) {
    Batcher batcher({.queue = 1, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    auto owner = std::make_shared<int>(0);
    Item first = item(0, 0);
    first.frame.owner = owner;
    batcher.push(std::move(first));
    std::thread producer([&] { EXPECT_FALSE(batcher.push(item(0, 1))); });
    batcher.cancel(0);
    producer.join();
    EXPECT_EQ(owner.use_count(), 1);
    batcher.wait_drained(0);
}

TEST(Batcher, DrainedOnlyWhenAllTakenFramesWereDelivered) {
    Batcher batcher({.queue = 4, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    batcher.push(item(0, 1));
    batcher.finish(0);
    EXPECT_EQ(batcher.next(4).size(), 2U);
    std::atomic<bool> drained{false};
    std::thread waiter([&] {
        batcher.wait_drained(0);
        drained = true;
    });
    batcher.delivered(0);
    EXPECT_FALSE(drained);
    batcher.delivered(0);
    waiter.join();
    EXPECT_TRUE(drained);
}

TEST(Batcher, AbortFreesEverybodyNowAndLater) {
    Batcher batcher({.queue = 1, .credit = 8, .max_wait = 1h});
    batcher.open(0, Batcher::Kind::file);
    batcher.push(item(0, 0));
    EXPECT_EQ(batcher.next(1).size(), 1U);
    std::thread waiter([&] { batcher.wait_drained(0); });
    batcher.abort();
    waiter.join();
    batcher.open(1, Batcher::Kind::file);
    EXPECT_FALSE(batcher.push(item(1, 0)));
    EXPECT_TRUE(batcher.next(1).empty());
}

}  // namespace
}  // namespace saccade::pipeline
