#include "media/packet_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/clip.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

/// 200 pictures, a key every 10, without B pictures.
class Feed : public testing::Test {
  protected:
    void SetUp() override {
        SACCADE_NEEDS_ENCODER("libx264");
        const auto path = dir_ / "x.mp4";
        ASSERT_TRUE(test::write_clip(path, {.codec = "libx264",
                                            .frames = 200,
                                            .gop = 10,
                                            .options = {{"x264-params", "bframes=0:scenecut=0"}}}));
        auto feed = PacketFeed::open(path.string(), {});
        ASSERT_TRUE(feed);
        feed_ = std::move(*feed);
    }
    /// What another decoder claims meanwhile, and whether it has it yet.
    struct Claim {
        explicit Claim(PacketFeed& feed)
            : thread([&feed, this] {
                  segment = feed.claim();
                  there = true;
              }) {}
        bool soon() const {
            for (int i = 0; i < 100 && !there; ++i) std::this_thread::sleep_for(1ms);
            return there;
        }
        std::optional<Segment> segment;
        std::atomic<bool> there{false};
        std::jthread thread;
    };
    const test::TempDir dir_;
    std::unique_ptr<PacketFeed> feed_;
};

TEST_F(Feed, ASegmentReadInPiecesKeepsOthersWaiting) {
    ASSERT_EQ(feed_->share(2, {.shortest = 10, .most = 4}), 2U);
    auto first = feed_->claim();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->packets.size(), 4U);
    EXPECT_FALSE(first->whole);
    Claim other(*feed_);
    EXPECT_FALSE(other.soon());
    std::size_t packets = 0;
    while (!first->whole) {
        packets += first->packets.size();
        first->packets.clear();
        feed_->more(*first);
    }
    EXPECT_EQ(packets + first->packets.size(), 10U);
    other.thread.join();
    ASSERT_TRUE(other.segment);
    EXPECT_EQ(other.segment->number, 1U);
    EXPECT_EQ(other.segment->first_index, 10U);
}

TEST_F(Feed, NobodyGetsFarAheadOfTheSlowest) {
    feed_->share(2, {.shortest = 10});
    const auto slow = feed_->claim();
    ASSERT_TRUE(slow);
    // Four for each of two, the slow one's included.
    for (int i = 0; i < 7; ++i) {
        const auto next = feed_->claim();
        ASSERT_TRUE(next);
        feed_->done(*next);
    }
    Claim next(*feed_);
    EXPECT_FALSE(next.soon());
    feed_->done(*slow);
    next.thread.join();
    EXPECT_TRUE(next.segment);
}

TEST_F(Feed, ATryGetsASegmentOrNothingAndNeverWaits) {
    feed_->share(2, {.shortest = 10, .most = 10});
    auto slow = feed_->claim();
    ASSERT_TRUE(slow);
    if (!slow->whole) {
        EXPECT_FALSE(feed_->try_claim()) << "the first is still being read";
        slow->packets.clear();
        feed_->more(*slow);
    }
    std::size_t got = 0;
    while (auto next = feed_->try_claim()) {
        while (!next->whole) {
            next->packets.clear();
            feed_->more(*next);
        }
        ++got;
        feed_->done(*next);
    }
    EXPECT_EQ(got, 7U) << "four for each of two, the slow one's included";
    feed_->done(*slow);
    EXPECT_TRUE(feed_->try_claim());
    feed_->stop();
    EXPECT_FALSE(feed_->try_claim());
}

TEST_F(Feed, TheEndIsThereWhenAllAreDone) {
    feed_->share(2, {.shortest = 10});
    feed_->join();
    while (auto segment = feed_->claim()) feed_->done(*segment);
    EXPECT_EQ(feed_->failure(), 0);
    DamageReport mine, others;
    others.note("a packet is lost", 3);
    mine.note("a picture is lost", 7);
    std::optional<std::string> theirs;
    std::jthread other([&] { theirs = feed_->finish(others); });
    const auto end = feed_->finish(mine);
    other.join();
    ASSERT_TRUE(end);
    EXPECT_EQ(end, theirs);
    EXPECT_THAT(*end, testing::HasSubstr("2 damaged places, the first (a packet is lost) before frame 3"));
    feed_->stop();
}

TEST_F(Feed, AStopLeavesNobodyWaiting) {
    feed_->share(2, {.shortest = 10, .most = 4});
    feed_->join();
    ASSERT_TRUE(feed_->claim());
    Claim other(*feed_);
    std::optional<std::string> end = "x";
    std::jthread ended([&] { end = feed_->finish({}); });
    feed_->stop();
    ended.join();
    other.thread.join();
    EXPECT_FALSE(other.segment);
    EXPECT_FALSE(end);
}

TEST_F(Feed, WhatIsNotSharedIsReadAPacketAtATime) {
    EXPECT_EQ(feed_->share(1), 1U);
    EXPECT_FALSE(feed_->splits());
    auto all = feed_->claim();
    ASSERT_TRUE(all);
    EXPECT_EQ(all->packets.size(), 1U);
    EXPECT_FALSE(all->whole);
}

}  // namespace
}  // namespace saccade::media
