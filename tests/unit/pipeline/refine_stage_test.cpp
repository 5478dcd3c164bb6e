// Frames whose objects are only seen in crops, through the whole pipeline.
#include <gtest/gtest.h>

#include <random>
#include <span>

#include "core/log.h"
#include "pipeline/pipeline.h"
#include "support/fake_devices.h"
#include "support/fakes.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;
using test::FakeSink;
using test::FakeSource;
using test::FakeTracker;
using test::SinkLog;

constexpr int kWidth = 640, kHeight = 480;

/// Grey pictures; the object is where() the frame's index says.
class GraySource final : public media::Source {
  public:
    GraySource(std::uint32_t stream, std::uint64_t frames)
        : inner_(stream, {.frames = frames}), info_(inner_.info()) {
        info_.width = kWidth;
        info_.height = kHeight;
    }
    [[nodiscard]] const media::StreamInfo& info() const noexcept override { return info_; }
    Result<media::SourceEvent> read() override {
        auto event = inner_.read();
        if (!event) return event;
        if (auto* frame = std::get_if<Frame>(&*event)) {
            // The index stands in every pixel, so that crops tell it too.
            auto own = std::make_shared<std::vector<std::uint8_t>>(
                kWidth * kHeight, static_cast<std::uint8_t>(frame->id.index));
            frame->width = kWidth;
            frame->height = kHeight;
            frame->format = PixelFormat::gray8;
            frame->planes[0] = {own->data(), kWidth};
            frame->owner = own;
        }
        return event;
    }
    void interrupt() noexcept override { inner_.interrupt(); }

  private:
    FakeSource inner_;
    media::StreamInfo info_;
};

Box where(std::uint64_t index) {
    const auto x = static_cast<float>(100 + 3 * index);
    return {x, 200, x + 12, 230};
}

/// In whole frames a faint box that is off; in crops the object, sure and exact.
class TwoLookDetector final : public detect::Detector {
  public:
    struct Script {
        int max_batch = 4, depth = 2;
        std::function<bool()> out_of_memory = {};
        std::optional<int> break_at_crop;
    };
    explicit TwoLookDetector(Script script) : script_(std::move(script)) {
        info_.class_names = {"thing"};
        info_.input_width = info_.input_height = 64;
    }
    const detect::DetectorInfo& info() const noexcept override { return info_; }
    int max_batch() const noexcept override { return script_.max_batch; }
    int depth() const noexcept override { return script_.depth; }
    int in_flight() const noexcept override { return static_cast<int>(queue_.size()); }
    Result<void> submit(std::span<const Frame> frames) override {
        if (script_.out_of_memory && script_.out_of_memory()) {
            return fail(ErrorCode::out_of_memory, "the fake device is full");
        }
        std::vector<detect::Detections> results;
        for (const Frame& frame : frames) {
            const bool whole = frame.width == kWidth;
            if (!whole && script_.break_at_crop && crops++ == *script_.break_at_crop) {
                return fail(ErrorCode::internal, "the fake device broke");
            }
            const Box object = where(*frame.planes[0].data);
            if (whole) {
                results.push_back({{{object.x1 - 4, object.y1, object.x2, object.y2}, 0.1F, 0}});
                continue;
            }
            // Where the crop begins follows from its address in the frame.
            const auto& pixels = *static_cast<const std::vector<std::uint8_t>*>(frame.owner.get());
            const auto offset = static_cast<int>(frame.planes[0].data - pixels.data());
            const auto left = static_cast<float>(offset % kWidth),
                       top = static_cast<float>(offset / kWidth);
            results.push_back(
                {{{object.x1 - left, object.y1 - top, object.x2 - left, object.y2 - top},
                  0.9F,
                  0}});
        }
        queue_.push_back(std::move(results));
        return {};
    }
    Result<std::vector<detect::Detections>> collect() override {
        auto results = std::move(queue_.front());
        queue_.pop_front();
        return results;
    }
    infer::MemoryUse memory() const override { return {}; }
    detect::DetectorTimes times() const override { return {}; }
    int crops = 0;

  private:
    Script script_;
    detect::DetectorInfo info_;
    std::deque<std::vector<detect::Detections>> queue_;
};

struct Ran {
    RunReport report;
    std::vector<std::shared_ptr<SinkLog>> logs;
};

Ran run_streams(TwoLookDetector::Script script, int streams, std::size_t queue, int budget) {
    Ran ran;
    std::vector<StreamJob> jobs;
    for (int i = 0; i < streams; ++i) {
        auto log = std::make_shared<SinkLog>();
        ran.logs.push_back(log);
        jobs.push_back({"stream", [=](const StreamTicket& ticket) -> Result<OpenedStream> {
                            OpenedStream opened;
                            opened.source = std::make_unique<GraySource>(ticket.stream, 60);
                            opened.tracker = std::make_unique<FakeTracker>();
                            opened.sinks.push_back(
                                std::make_unique<FakeSink>(log, FakeSink::Script{}));
                            return opened;
                        }});
    }
    TwoLookDetector detector(std::move(script));
    test::FixedDevices devices{&detector};
    Progress progress;
    ran.report = run(jobs, devices,
                     {.queue = queue,
                      .streams = static_cast<std::size_t>(streams),
                      .max_wait = 50ms,
                      .governor = {.quiet = 1h, .pause = 0ns},
                      .refine = {.budget = budget}},
                     {}, progress);
    return ran;
}

void expect_refined(const Ran& ran) {
    for (std::size_t s = 0; s < ran.logs.size(); ++s) {
        EXPECT_EQ(ran.report.streams[s].status, StreamStatus::complete);
        EXPECT_EQ(ran.report.streams[s].crops, 60U);
        ASSERT_EQ(ran.logs[s]->results.size(), 60U);
        for (std::uint64_t i = 0; i < 60; ++i) {
            const FrameResult& result = ran.logs[s]->results[i];
            EXPECT_EQ(result.id.index, i);
            ASSERT_EQ(result.detections.size(), 1U) << i;
            EXPECT_EQ(result.detections[0].box, where(i));
            EXPECT_EQ(result.detections[0].score, 0.9F);
            ASSERT_EQ(result.tracks.size(), 1U);
        }
    }
}

TEST(RefineStage, TracksAreMadeOfWhatTheCloserLookSaw) {
    expect_refined(run_streams({}, 1, 32, 1));
    expect_refined(run_streams({.max_batch = 1, .depth = 1}, 1, 1, 1));  // nothing to spare
    expect_refined(run_streams({.max_batch = 8, .depth = 3}, 5, 4, 3));
}

/// A tracker that fails at one frame, while looks at further ones are under way.
TEST(RefineStage, ATrackerThatFailsEndsItsStreamWithLooksUnderWay) {
    for (const std::uint64_t at : {0U, 1U, 2U, 30U, 59U}) {
        auto log = std::make_shared<SinkLog>();
        const StreamJob job{
            "stream", [&](const StreamTicket& ticket) -> Result<OpenedStream> {
                OpenedStream opened;
                opened.source = std::make_unique<GraySource>(ticket.stream, 60);
                opened.tracker = std::make_unique<FakeTracker>(at);
                opened.sinks.push_back(std::make_unique<FakeSink>(log, FakeSink::Script{}));
                return opened;
            }};
        TwoLookDetector detector({});
        test::FixedDevices devices{&detector};
        Progress progress;
        const auto report =
            run(std::span(&job, 1), devices,
                {.queue = 4, .max_wait = 50ms, .refine = {.budget = 2}}, {}, progress);
        EXPECT_FALSE(report.fatal);
        EXPECT_EQ(report.streams[0].status, StreamStatus::failed) << at;
        EXPECT_GE(log->results.size(), at);
    }
}

TEST(RefineStage, MemoryThatIsWantingChangesNothing) {
    log::set_level(log::Level::error);
    std::mt19937 random(3);
    int failures = 0, in_a_row = 0;
    expect_refined(run_streams({.out_of_memory =
                                    [&] {
                                        const bool fails = in_a_row < 3 && random() % 3 == 0;
                                        in_a_row = fails ? in_a_row + 1 : 0;
                                        failures += fails ? 1 : 0;
                                        return fails;
                                    }},
                               3, 8, 2));
    log::set_level(log::Level::warning);
    EXPECT_GT(failures, 20);
}

TEST(RefineStage, ADeviceThatBreaksAtACropEndsTheRun) {
    const Ran ran = run_streams({.break_at_crop = 25}, 2, 8, 1);
    ASSERT_TRUE(ran.report.fatal);
    for (const auto& stream : ran.report.streams) {
        EXPECT_EQ(stream.status, StreamStatus::failed);
        EXPECT_EQ(stream.error->message, "the fake device broke");
    }
}

TEST(RefineStage, OffItCostsNothingAndFaintHintsAreTheDetectorsToGive) {
    const Ran ran = run_streams({}, 1, 8, 0);
    EXPECT_EQ(ran.report.streams[0].crops, 0U);
    EXPECT_EQ(ran.report.devices[0].frames, 60U);
}

}  // namespace
}  // namespace saccade::pipeline
