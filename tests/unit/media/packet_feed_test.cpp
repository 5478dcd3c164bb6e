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
        auto feed = PacketFeed::open(path.string(), std::stop_token());
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
        feed_->done(*next, 10);
    }
    Claim next(*feed_);
    EXPECT_FALSE(next.soon());
    feed_->done(*slow, 10);
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
        feed_->done(*next, 10);
    }
    EXPECT_EQ(got, 7U) << "four for each of two, the slow one's included";
    feed_->done(*slow, 10);
    EXPECT_TRUE(feed_->try_claim());
    feed_->stop();
    EXPECT_FALSE(feed_->try_claim());
}

TEST_F(Feed, TheEndIsThereWhenAllAreDone) {
    feed_->share(2, {.shortest = 10});
    feed_->join();
    while (auto segment = feed_->claim()) feed_->done(*segment, 10);
    EXPECT_EQ(feed_->failure(), 0);
    DamageReport mine, others;
    others.note("a packet is lost", 3);
    mine.note("a picture is lost", 7);
    std::optional<PacketFeed::Ending> theirs;
    std::jthread other([&] { theirs = feed_->finish(others); });
    const auto end = feed_->finish(mine);
    other.join();
    ASSERT_TRUE(end);
    ASSERT_TRUE(theirs);
    EXPECT_EQ(end->damage, theirs->damage);
    EXPECT_FALSE(end->again);
    EXPECT_FALSE(theirs->again);
    EXPECT_THAT(end->damage, testing::HasSubstr(
                                 "2 damaged places, the first (a packet is lost) before frame 3"));
    feed_->stop();
}

TEST_F(Feed, BehindADoubtfulSegmentOneDecoderReadsAgain) {
    feed_->share(2, {.shortest = 10});
    feed_->join();
    std::deque<Segment> claimed;
    for (int i = 0; i < 4; ++i) claimed.push_back(*feed_->claim());
    feed_->done(claimed[0], 10);
    feed_->done(claimed[3], 10);
    EXPECT_EQ(feed_->doubt(claimed[2]), 4U);
    EXPECT_FALSE(feed_->claim());
    EXPECT_FALSE(feed_->splits());
    feed_->done(claimed[2], 7);
    EXPECT_FALSE(feed_->is_void(claimed[1])) << "it stands in front";
    EXPECT_TRUE(feed_->is_void(claimed[3]));
    EXPECT_EQ(feed_->doubt(claimed[1]), 4U);
    feed_->done(claimed[1], 3);
    EXPECT_TRUE(feed_->is_void(claimed[2]));
    std::optional<PacketFeed::Ending> ending[2];
    std::jthread other([&] {
        ending[0] = feed_->finish({});
        if (ending[0] && ending[0]->again) feed_->conclude("bad");
    });
    ending[1] = feed_->finish({});
    if (ending[1] && ending[1]->again) feed_->conclude("bad");
    other.join();
    ASSERT_TRUE(ending[0] && ending[1]);
    EXPECT_NE(ending[0]->again.has_value(), ending[1]->again.has_value());
    const auto& reads = ending[0]->again ? *ending[0] : *ending[1];
    const auto& waits = ending[0]->again ? *ending[1] : *ending[0];
    EXPECT_EQ(reads.again->taken, 13U) << "pictures of segments 0 and 1";
    EXPECT_EQ(reads.again->segment, 4U);
    EXPECT_EQ(waits.damage, "bad");
    const auto again = feed_->again();
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->claim()->number, 0U);
    feed_->stop();
    EXPECT_TRUE((*again)->stopped());
}

TEST_F(Feed, AStopLeavesNobodyWaiting) {
    feed_->share(2, {.shortest = 10, .most = 4});
    feed_->join();
    ASSERT_TRUE(feed_->claim());
    Claim other(*feed_);
    std::optional<PacketFeed::Ending> end = PacketFeed::Ending{"x", {}};
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
