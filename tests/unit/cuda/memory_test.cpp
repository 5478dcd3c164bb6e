#include "cuda/memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "support/memory_resources.h"

namespace saccade::cuda {
namespace {

using test::HostResource;
using test::ScriptedResource;

TEST(BudgetedResource, CountsAndRefuses) {
    HostResource host;
    BudgetedResource budget(host, 1000);
    auto first = Buffer::make(budget, 600);
    ASSERT_TRUE(first);
    EXPECT_EQ(budget.held(), 600U);
    const auto refused = Buffer::make(budget, 401);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
    EXPECT_FALSE(Buffer::make(budget, std::numeric_limits<std::size_t>::max()));
    {
        const auto second = Buffer::make(budget, 400);
        ASSERT_TRUE(second);
        EXPECT_EQ(budget.held(), 1000U);
    }
    EXPECT_EQ(budget.held(), 600U);
    EXPECT_EQ(budget.peak(), 1000U);
    *first = Buffer();
    EXPECT_EQ(budget.held(), 0U);
}

TEST(BudgetedResource, AFailureUpstreamIsNotCounted) {
    HostResource host;
    ScriptedResource script(host, {0, 2});
    BudgetedResource budget(script, 100);
    EXPECT_FALSE(Buffer::make(budget, 60));
    EXPECT_EQ(budget.held(), 0U);
    EXPECT_EQ(budget.peak(), 0U);
    const auto second = Buffer::make(budget, 60);
    ASSERT_TRUE(second);
    EXPECT_FALSE(Buffer::make(budget, 10));
    EXPECT_EQ(budget.held(), 60U);
    EXPECT_EQ(script.calls(), 3U);
}

TEST(BudgetedResource, NeverGoesOverUnderThreads) {
    HostResource host;
    BudgetedResource budget(host, 64);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 2000; ++i) {
                const auto block = Buffer::make(budget, 30);
                EXPECT_LE(budget.held(), 64U);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(budget.held(), 0U);
    EXPECT_LE(budget.peak(), 64U);
}

TEST(PoolResource, SizeClassesHoldTheRequestAndWasteAtMostAQuarter) {
    for (std::size_t bytes = 1; bytes < 100000; bytes += 37) {
        const std::size_t size = PoolResource::size_class(bytes);
        EXPECT_GE(size, bytes);
        if (bytes > 256) {
            EXPECT_LE(size, bytes + bytes / 4 + 1);
        }
        EXPECT_EQ(PoolResource::size_class(size), size);
    }
}

TEST(SlabResource, CutsManyBlocksOutOfOneAndHandsThemOutAgain) {
    test::HostResource host;
    test::ScriptedResource upstream(host, {2});
    {
        SlabResource slabs(upstream, 4);
        std::set<void*> blocks;
        for (int i = 0; i < 8; ++i) {
            auto block = slabs.allocate(1000, nullptr);
            ASSERT_TRUE(block);
            std::memset(*block, i, 1000);
            EXPECT_TRUE(blocks.insert(*block).second);
        }
        EXPECT_EQ(upstream.calls(), 2U);
        void* const one = *blocks.begin();
        slabs.deallocate(one, 1000, nullptr);
        EXPECT_EQ(slabs.allocate(999, nullptr).value(), one) << "of the same size class";
        const auto more = slabs.allocate(1000, nullptr);
        ASSERT_FALSE(more);
        EXPECT_EQ(more.error().code, ErrorCode::out_of_memory);
        EXPECT_TRUE(slabs.allocate(1000, nullptr)) << "a failure is not for ever";
    }
}

TEST(PoolResource, HandsBlocksOutAgain) {
    HostResource host;
    BudgetedResource budget(host, 0);
    PoolResource pool(budget);
    void* address = nullptr;
    {
        const auto first = Buffer::make(pool, 1000);
        ASSERT_TRUE(first);
        address = first->data();
    }
    {
        const auto again = Buffer::make(pool, 1001);
        ASSERT_TRUE(again);
        EXPECT_EQ(again->data(), address);
        const auto other = Buffer::make(pool, 1000);
        ASSERT_TRUE(other);
        EXPECT_NE(other->data(), address);
    }
    EXPECT_EQ(budget.held(), 2 * PoolResource::size_class(1000));
    pool.trim();
    EXPECT_EQ(budget.held(), 0U);
}

TEST(PoolResource, FreesIdleBlocksBeforeGivingUp) {
    HostResource host;
    BudgetedResource budget(host, 4096);
    PoolResource pool(budget);
    {
        ASSERT_TRUE(Buffer::make(pool, 4096));
    }
    EXPECT_EQ(budget.held(), 4096U);
    const auto small = Buffer::make(pool, 512);
    ASSERT_TRUE(small) << small.error().line();
    EXPECT_EQ(budget.held(), 512U);
    EXPECT_FALSE(Buffer::make(pool, 8192));
}

TEST(Buffer, MovesOwnership) {
    HostResource host;
    BudgetedResource budget(host, 0);
    auto first = Buffer::make(budget, 16);
    ASSERT_TRUE(first);
    Buffer second = std::move(*first);
    EXPECT_EQ(first->data(), nullptr);
    EXPECT_EQ(second.bytes(), 16U);
    second = Buffer();
    EXPECT_EQ(budget.held(), 0U);
}

}  // namespace
}  // namespace saccade::cuda
