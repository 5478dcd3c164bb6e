#include "core/queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace saccade {
namespace {

TEST(BoundedQueue, KeepsOrderAndHandsOutTheRestAfterFinished) {
    BoundedQueue<int> queue(4);
    EXPECT_TRUE(queue.push(1));
    EXPECT_TRUE(queue.push(2));
    queue.close(CloseReason::finished);
    EXPECT_FALSE(queue.push(3));
    EXPECT_EQ(queue.pop(), 1);
    EXPECT_EQ(queue.pop(), 2);
    EXPECT_EQ(queue.pop(), std::nullopt);
    EXPECT_EQ(queue.reason(), CloseReason::finished);
}

TEST(BoundedQueue, CancelledDropsWhatIsQueuedAndOverridesFinished) {
    BoundedQueue<std::shared_ptr<int>> queue(4);
    auto value = std::make_shared<int>(7);
    EXPECT_TRUE(queue.push(value));
    queue.close(CloseReason::finished);
    queue.close(CloseReason::cancelled);
    EXPECT_EQ(queue.pop(), std::nullopt);
    EXPECT_EQ(value.use_count(), 1);
    queue.close(CloseReason::finished);
    EXPECT_EQ(queue.reason(), CloseReason::cancelled);
}

TEST(BoundedQueue, NeverHoldsMoreThanItsCapacity) {
    BoundedQueue<int> queue(3);
    std::thread producer([&] {
        for (int i = 0; i < 1000; ++i) queue.push(i);
        queue.close(CloseReason::finished);
    });
    std::vector<int> got;
    while (auto value = queue.pop()) got.push_back(*value);
    producer.join();
    ASSERT_EQ(got.size(), 1000U);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(got[static_cast<std::size_t>(i)], i);
    EXPECT_LE(queue.peak(), 3U);
}

TEST(BoundedQueue, ManyProducersAndConsumersLoseNothing) {
    BoundedQueue<int> queue(2);
    std::vector<std::thread> producers, consumers;
    std::vector<long> sums(3, 0);
    for (int p = 0; p < 3; ++p) {
        producers.emplace_back([&, p] {
            for (int i = 1; i <= 500; ++i) queue.push(p * 500 + i);
        });
    }
    for (std::size_t c = 0; c < 3; ++c) {
        consumers.emplace_back([&, c] {
            while (auto value = queue.pop()) sums[c] += *value;
        });
    }
    for (auto& thread : producers) thread.join();
    queue.close(CloseReason::finished);
    for (auto& thread : consumers) thread.join();
    EXPECT_EQ(std::accumulate(sums.begin(), sums.end(), 0L), 1500L * 1501 / 2);
}

TEST(BoundedQueue, CloseWakesABlockedProducerAndConsumer) {
    BoundedQueue<int> full(1), empty(1);
    full.push(0);
    std::thread producer([&] { EXPECT_FALSE(full.push(1)); });
    std::thread consumer([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
    full.close(CloseReason::cancelled);
    empty.close(CloseReason::finished);
    producer.join();
    consumer.join();
}

TEST(BoundedQueue, PopUntilGivesUp) {
    BoundedQueue<int> queue(1);
    EXPECT_EQ(queue.pop_until(std::chrono::steady_clock::now()), std::nullopt);
    EXPECT_EQ(queue.reason(), CloseReason::open);
}

}  // namespace
}  // namespace saccade
