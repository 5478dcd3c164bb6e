// What lies between two frames reaches tracker and sinks with the frame behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "pipeline_fixture.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

class ScriptedSource final : public media::Source {
  public:
    ScriptedSource(std::deque<media::SourceEvent> events, bool live) : events_(std::move(events)) {
        info_.name = "scripted";
        info_.width = 64;
        info_.height = 48;
        info_.live = live;
    }
    const media::StreamInfo& info() const noexcept override { return info_; }
    Result<media::SourceEvent> read() override {
        if (events_.empty()) return media::End{};
        media::SourceEvent event = std::move(events_.front());
        events_.pop_front();
        if (auto* frame = std::get_if<Frame>(&event)) {
            frame->id.stream = 0;
        }
        return event;
    }
    void interrupt() noexcept override {}

  private:
    std::deque<media::SourceEvent> events_;
    media::StreamInfo info_;
};

/// Counts its resets, and tells identities by them.
class ResettingTracker final : public track::Tracker {
  public:
    explicit ResettingTracker(int& resets) : resets_(resets) {}
    Result<void> update(const track::Observation& seen, std::vector<Track>& tracks) override {
        tracks.clear();
        for (const Detection& d : seen.detections) {
            Track track;
            track.id = resets_ + 1;
            track.box = track.raw_box = d.box;
            tracks.push_back(track);
        }
        return {};
    }
    void reset() override { ++resets_; }

  private:
    int& resets_;
};

Frame frame(std::uint64_t index, Timestamp pts, int width = 64) {
    Frame f;
    f.id.index = index;
    f.pts = pts;
    f.width = width;
    f.height = 48;
    f.owner = std::make_shared<int>(0);
    return f;
}

media::FormatChanged size(int width) {
    media::FormatChanged changed;
    changed.info.width = width;
    changed.info.height = 48;
    return changed;
}

class BoundaryTest : public PipelineTest {
  protected:
    std::vector<FrameResult> results(std::deque<media::SourceEvent> events,
                                     std::shared_ptr<const Controls> controls = nullptr,
                                     std::chrono::nanoseconds patience = 10s) {
        auto log = std::make_shared<SinkLog>();
        StreamJob job;
        job.name = "scripted";
        job.controls = std::move(controls);
        job.open = [&, log](const StreamTicket&) -> Result<OpenedStream> {
            OpenedStream opened;
            opened.source = std::make_unique<ScriptedSource>(std::move(events), false);
            opened.tracker = std::make_unique<ResettingTracker>(resets_);
            opened.sinks.push_back(std::make_unique<FakeSink>(log, FakeSink::Script{}));
            opened.patience = patience;
            return opened;
        };
        jobs_ = {job};
        status_ = go().streams[0].status;
        return log->results;
    }
    int resets_ = 0;
    StreamStatus status_ = StreamStatus::failed;
};

TEST_F(BoundaryTest, MostFramesHaveNone) {
    for (const FrameResult& r : results({frame(0, 0ms), frame(1, 33ms)})) {
        EXPECT_EQ(r.boundary, nullptr);
    }
    EXPECT_EQ(resets_, 0);
}

TEST_F(BoundaryTest, LostDataIsToldAndKeepsIdentities) {
    const auto seen = results({frame(0, 0ms), media::Discontinuity{"a damaged packet"},
                               media::Discontinuity{"another"}, frame(1, 33ms), frame(2, 66ms)});
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0].boundary, nullptr);
    ASSERT_NE(seen[1].boundary, nullptr);
    EXPECT_TRUE(seen[1].boundary->lost_data);
    EXPECT_EQ(seen[1].boundary->reason, "a damaged packet");
    EXPECT_FALSE(seen[1].boundary->ends_identities());
    EXPECT_EQ(seen[2].boundary, nullptr);
    EXPECT_EQ(resets_, 0);
    EXPECT_EQ(seen[2].tracks[0].id, 1);
}

TEST_F(BoundaryTest, AnotherSizeEndsIdentitiesBeforeItsFirstFrame) {
    const auto seen = results({frame(0, 0ms), size(128), frame(1, 33ms, 128), frame(2, 66ms, 128)});
    ASSERT_EQ(seen.size(), 3U);
    ASSERT_NE(seen[1].boundary, nullptr);
    EXPECT_TRUE(seen[1].boundary->new_size);
    EXPECT_EQ(seen[0].tracks[0].id, 1);
    EXPECT_EQ(seen[1].tracks[0].id, 2);
    EXPECT_EQ(resets_, 1);
}

TEST_F(BoundaryTest, AnotherPixelFormatOfTheSameSizeKeepsIdentities) {
    const auto seen = results({frame(0, 0ms), size(64), frame(1, 33ms)});
    ASSERT_NE(seen[1].boundary, nullptr);
    EXPECT_TRUE(seen[1].boundary->format_changed);
    EXPECT_FALSE(seen[1].boundary->new_size);
    EXPECT_EQ(resets_, 0);
}

TEST_F(BoundaryTest, AGapEndsIdentitiesWhereItIsLongAndUnusual) {
    const auto seen = results({frame(0, 0ms), frame(1, 33ms), frame(2, 30s), frame(3, 30033ms)});
    ASSERT_NE(seen[2].boundary, nullptr);
    EXPECT_EQ(seen[2].boundary->gap, 30s - 33ms);
    EXPECT_EQ(seen[3].boundary, nullptr);
    EXPECT_EQ(resets_, 1);
}

TEST_F(BoundaryTest, AShortGapOrOneWithinPatienceKeepsThem) {
    results({frame(0, 0ms), frame(1, 33ms), frame(2, 9s)});
    EXPECT_EQ(resets_, 0);
    results({frame(0, 0ms), frame(1, 33ms), frame(2, 30s)}, nullptr, 60s);
    EXPECT_EQ(resets_, 0);
}

TEST_F(BoundaryTest, ASlowStreamHasNoGaps) {
    std::deque<media::SourceEvent> events;
    for (std::uint64_t i = 0; i < 10; ++i) {
        events.emplace_back(frame(i, std::chrono::seconds(20 * i)));
    }
    results(std::move(events));
    EXPECT_EQ(resets_, 0);
}

TEST_F(BoundaryTest, AStreamThatGetsSlowIsCutOnce) {
    std::deque<media::SourceEvent> events;
    for (std::uint64_t i = 0; i < 10; ++i) {
        events.emplace_back(frame(i, std::chrono::milliseconds(33 * i)));
    }
    for (std::uint64_t i = 10; i < 20; ++i) {
        events.emplace_back(frame(i, std::chrono::seconds(20 * i)));
    }
    results(std::move(events));
    EXPECT_EQ(resets_, 1);
}

TEST_F(BoundaryTest, ItGoesOverToTheNextFrameWhereItsOwnIsPassedOver) {
    const auto controls = std::make_shared<const Controls>(Controls::Values{.stride = 2});
    const auto seen = results({frame(0, 0ms), media::Discontinuity{"lost"}, frame(1, 33ms),
                               frame(2, 66ms), frame(3, 99ms), frame(4, 132ms)},
                              controls);
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[1].id.index, 2U);
    ASSERT_NE(seen[1].boundary, nullptr);
    EXPECT_EQ(seen[1].boundary->reason, "lost");
    EXPECT_EQ(seen[2].boundary, nullptr);
}

media::Discontinuity outage(Timestamp begin, Timestamp end) {
    return {.reason = "away", .image = std::nullopt, .outage = Outage{begin, end, "away"}};
}

TEST_F(BoundaryTest, AnOutageIsToldAndIsNoDamage) {
    const auto seen = results({frame(0, 0ms), frame(1, 33ms), outage(33ms, 5s), frame(2, 5s)});
    ASSERT_EQ(seen.size(), 3U);
    ASSERT_NE(seen[2].boundary, nullptr);
    EXPECT_THAT(seen[2].boundary->outages, testing::ElementsAre(Outage{33ms, 5s, "away"}));
    EXPECT_FALSE(seen[2].boundary->lost_data);
    EXPECT_EQ(status_, StreamStatus::complete);
    EXPECT_EQ(resets_, 0) << "five seconds: a tracker waits for who is unseen";
}

TEST_F(BoundaryTest, ALongOutageEndsIdentities) {
    results({frame(0, 0ms), frame(1, 33ms), outage(33ms, 15s), frame(2, 15s)});
    EXPECT_EQ(resets_, 1);
}

TEST_F(BoundaryTest, OfTwoOutagesAroundAFrameThatIsLeftOutNoneIsLost) {
    const auto controls = std::make_shared<const Controls>(Controls::Values{.stride = 2});
    const auto seen = results(
        {frame(0, 0ms), outage(0ms, 3s), frame(1, 3s), outage(3s, 6s), frame(2, 6s)}, controls);
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_THAT(seen[1].boundary->outages,
                testing::ElementsAre(Outage{0ms, 3s, "away"}, Outage{3s, 6s, "away"}));
}

TEST(PassOn, OutagesStayInOrder) {
    auto next = std::make_shared<Boundary>(), dropped = std::make_shared<Boundary>();
    dropped->outages = {{0s, 1s, "first"}};
    next->outages = {{2s, 3s, "second"}};
    pass_on(std::move(dropped), next);
    ASSERT_EQ(next->outages.size(), 2U);
    EXPECT_EQ(next->outages[1].reason, "second");
}

TEST(PassOn, TwoBecomeOneThatTellsOfBoth) {
    std::shared_ptr<Boundary> next = std::make_shared<Boundary>();
    next->new_size = true;
    next->reason = "later";
    auto dropped = std::make_shared<Boundary>();
    dropped->lost_data = true;
    dropped->reason = "earlier";
    pass_on(std::move(dropped), next);
    EXPECT_TRUE(next->lost_data);
    EXPECT_TRUE(next->new_size);
    EXPECT_EQ(next->reason, "earlier");
    pass_on(nullptr, next);
    EXPECT_EQ(next->reason, "earlier");
}

TEST(BatcherBoundary, ALiveStreamThatDropsAFrameKeepsWhatLayInFrontOfIt) {
    Batcher batcher({.queue = 1, .credit = 4});
    batcher.open(7, Batcher::Kind::live);
    Item first{.frame = frame(0, 0ms)};
    first.frame.id.stream = 7;
    first.boundary = std::make_shared<Boundary>();
    first.boundary->reason = "lost";
    batcher.push(std::move(first));
    Item second{.frame = frame(1, 33ms)};
    second.frame.id.stream = 7;
    batcher.push(std::move(second));
    const auto batch = batcher.next(1);
    ASSERT_EQ(batch.size(), 1U);
    EXPECT_EQ(batch[0].frame.id.index, 1U);
    ASSERT_NE(batch[0].boundary, nullptr);
    EXPECT_EQ(batch[0].boundary->reason, "lost");
}

}  // namespace
}  // namespace saccade::pipeline
