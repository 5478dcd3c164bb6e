#include "pipeline/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <map>
#include <mutex>

#include "pipeline_fixture.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

TEST_F(PipelineTest, EveryFrameComesOutOnceAndInOrder) {
    for (std::uint64_t s = 0; s < 5; ++s) add({.source = {.frames = 100 + 17 * s}});
    const auto report = go({}, {.queue = 4, .streams = 3});
    for (std::uint32_t s = 0; s < 5; ++s) {
        EXPECT_EQ(report.streams[s].status, StreamStatus::complete);
        EXPECT_EQ(logs_[s]->outcome, sink::Outcome::complete);
        expect_whole(*logs_[s], s, 100 + 17 * s);
        EXPECT_EQ(report.streams[s].ids_by_class.at(0), 1U);
    }
    EXPECT_EQ(report.devices[0].frames, 5U * 100 + 17 * 10);
    EXPECT_EQ(progress_.frames, 670U);
    EXPECT_EQ(progress_.objects, 0);
    EXPECT_EQ(progress_.streams_done, 5U);
}

TEST_F(PipelineTest, FileModeFillsItsBatches) {
    add({.source = {.frames = 64}});
    go({.max_batch = 8, .depth = 1}, {.queue = 32, .max_wait = 10s});
    EXPECT_THAT(batch_sizes_, testing::Each(8U));
}

TEST_F(PipelineTest, QueuesNeverHoldMoreThanTheirCapacity) {
    add({.source = {.frames = 300}, .sink = {.delay = 50us}});
    const auto report = go({}, {.queue = 3});
    EXPECT_LE(report.queue_peak, 3U);
    EXPECT_EQ(logs_[0]->results.size(), 300U);
}

TEST_F(PipelineTest, ASlowSinkDoesNotHoldUpAnotherStream) {
    add({.source = {.frames = 200}, .sink = {.delay = 1ms}});
    add({.source = {.frames = 200}});
    std::vector<std::string> finish_order;
    std::mutex mutex;
    on_result_ = [&](const std::string& name, const FrameResult& r) {
        if (r.id.index == 199) {
            std::lock_guard lock(mutex);
            finish_order.push_back(name);
        }
    };
    go({.max_batch = 2, .depth = 1}, {.queue = 4, .streams = 2, .max_wait = 1ms});
    EXPECT_EQ(finish_order, (std::vector<std::string>{"stream1", "stream0"}));
}

TEST_F(PipelineTest, AStreamThatCannotBeOpenedFailsAlone) {
    add({.open_fails = true});
    add({.source = {.frames = 20}});
    const auto report = go();
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    EXPECT_EQ(report.streams[0].error->code, ErrorCode::not_found);
    EXPECT_EQ(report.streams[1].status, StreamStatus::complete);
    EXPECT_FALSE(logs_[0]->begun);
    expect_whole(*logs_[1], 1, 20);
}

TEST_F(PipelineTest, WhatCameBeforeAReadErrorIsWrittenAndMarked) {
    add({.source = {.frames = 50, .error_at = 30}});
    const auto report = go();
    EXPECT_EQ(report.streams[0].status, StreamStatus::partial);
    EXPECT_NE(report.streams[0].damage.find("read error"), std::string::npos);
    EXPECT_EQ(logs_[0]->outcome, sink::Outcome::failed);
    expect_whole(*logs_[0], 0, 30);
}

TEST_F(PipelineTest, DamageAtTheEndMakesThePartPartial) {
    add({.source = {.frames = 12, .damage = "truncated"}});
    const auto report = go();
    EXPECT_EQ(report.streams[0].status, StreamStatus::partial);
    expect_whole(*logs_[0], 0, 12);
}

TEST_F(PipelineTest, ASourceWithoutFramesFailsAndLeavesNothing) {
    add({.source = {.frames = 0}});
    const auto report = go();
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    EXPECT_EQ(report.streams[0].error->code, ErrorCode::corrupt);
    EXPECT_EQ(logs_[0]->outcome, std::nullopt);
}

TEST_F(PipelineTest, AFailingSinkStopsItsStreamOnly) {
    add({.source = {.endless = true}, .sink = {.fail_at = 5}});
    add({.source = {.frames = 40}});
    const auto report = go({}, {.streams = 2});
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    EXPECT_EQ(report.streams[0].error->code, ErrorCode::unwritable);
    EXPECT_EQ(logs_[0]->results.size(), 5U);
    EXPECT_EQ(report.streams[1].status, StreamStatus::complete);
}

TEST_F(PipelineTest, AFailingTrackerStopsItsStreamOnly) {
    add({.source = {.endless = true}, .tracker_fails_at = 7});
    add({.source = {.frames = 40}});
    const auto report = go({}, {.streams = 2});
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    EXPECT_EQ(report.streams[0].error->message, "the fake tracker broke");
    EXPECT_EQ(report.streams[1].status, StreamStatus::complete);
}

TEST_F(PipelineTest, ABrokenDeviceFailsTheRunAndKeepsWhatWasWritten) {
    add({.source = {.endless = true}});
    add({.source = {.endless = true}});
    add({.source = {.frames = 3}});  // never gets its turn
    const auto report = go({.max_batch = 1, .depth = 1, .fail_at_batch = 20}, {.streams = 2});
    ASSERT_TRUE(report.fatal);
    for (const auto& stream : report.streams) {
        EXPECT_EQ(stream.status, StreamStatus::failed);
        EXPECT_EQ(stream.error->message, "the fake device broke");
    }
    // Which stream the twenty frames come from is a matter of who was opened first.
    EXPECT_EQ(logs_[0]->results.size() + logs_[1]->results.size(), 20U);
    for (const auto& log : logs_) {
        if (!log->results.empty()) {
            EXPECT_EQ(log->outcome, sink::Outcome::failed);
        }
    }
}

TEST_F(PipelineTest, AStopRequestEndsWithWholeInterruptedOutputs) {
    add({.source = {.endless = true}});
    add({.source = {.frames = 5}});
    on_result_ = [&](const std::string&, const FrameResult& r) {
        if (r.id.index == 50) stop_.request_stop();
    };
    const auto report = go({}, {.streams = 1});
    EXPECT_EQ(report.streams[0].status, StreamStatus::interrupted);
    EXPECT_EQ(logs_[0]->outcome, sink::Outcome::interrupted);
    ASSERT_GE(logs_[0]->results.size(), 51U);
    expect_whole(*logs_[0], 0, logs_[0]->results.size());
    EXPECT_EQ(report.streams[1].status, StreamStatus::interrupted);
    EXPECT_FALSE(logs_[1]->begun);
}

TEST_F(PipelineTest, ALiveStreamDropsRatherThanWaitsAndCountsWhatItDropped) {
    add({.source = {.frames = 400, .live = true}, .sink = {.delay = 300us}});
    const auto report = go({.max_batch = 1, .depth = 1}, {.queue = 2, .max_wait = 1ms});
    EXPECT_EQ(report.streams[0].status, StreamStatus::complete);
    EXPECT_EQ(report.streams[0].frames + report.streams[0].dropped.total(), 400U);
    EXPECT_GT(report.streams[0].dropped.total(), 0U);
    for (std::size_t i = 1; i < logs_[0]->results.size(); ++i) {
        EXPECT_LT(logs_[0]->results[i - 1].id.index, logs_[0]->results[i].id.index);
    }
}

TEST_F(PipelineTest, EachStreamsEndIsToldOnceWithItsReport) {
    add({.source = {.frames = 20}});
    add({.open_fails = true});
    add({.source = {.frames = 30}});
    std::mutex mutex;
    std::map<std::size_t, StreamReport> told;
    go({}, {.streams = 2, .on_stream_done = [&](std::size_t job, const StreamReport& report) {
                std::lock_guard lock(mutex);
                EXPECT_TRUE(told.emplace(job, report).second);
            }});
    ASSERT_EQ(told.size(), 3U);
    EXPECT_EQ(told[0].frames, 20U);
    EXPECT_EQ(told[1].status, StreamStatus::failed);
    EXPECT_EQ(told[2].frames, 30U);
}

/// Holds back three frames and numbers what it lets go.
class DelayingFilter final : public ResultFilter {
  public:
    void push(FrameResult result, std::vector<FrameResult>& ready) override {
        waiting_.push_back(std::move(result));
        if (waiting_.size() > delay()) {
            ready.push_back(std::move(waiting_.front()));
            waiting_.pop_front();
        }
    }
    void flush(std::vector<FrameResult>& ready) override {
        for (auto& result : waiting_) ready.push_back(std::move(result));
        waiting_.clear();
    }
    std::size_t delay() const noexcept override { return 3; }

  private:
    std::deque<FrameResult> waiting_;
};

/// Ends only when it may.
class StubbornSource final : public media::Source {
  public:
    StubbornSource(std::uint32_t stream, std::shared_future<void> may_end)
        : inner_(stream, {.frames = 3}), may_end_(std::move(may_end)) {}
    ~StubbornSource() override { may_end_.wait(); }
    const media::StreamInfo& info() const noexcept override { return inner_.info(); }
    Result<media::SourceEvent> read() override { return inner_.read(); }
    void interrupt() noexcept override { inner_.interrupt(); }

  private:
    FakeSource inner_;
    std::shared_future<void> may_end_;
};

TEST_F(PipelineTest, NobodyWaitsForADecoderThatIsSlowToGo) {
    std::promise<void> all_written;
    const std::shared_future<void> may_end = all_written.get_future().share();
    constexpr std::size_t streams = 4;
    for (std::size_t i = 0; i < streams; ++i) {
        jobs_.push_back(
            {"stream", [may_end](const StreamTicket& ticket) -> Result<OpenedStream> {
                 OpenedStream opened;
                 opened.source = std::make_unique<StubbornSource>(ticket.stream, may_end);
                 opened.beside.push_back(std::make_unique<StubbornSource>(ticket.stream, may_end));
                 opened.tracker = std::make_unique<FakeTracker>();
                 return opened;
             }});
    }
    std::size_t done = 0;
    PipelineOptions options;
    options.streams = 1;  // one after the other
    options.on_stream_done = [&](std::size_t, const StreamReport&) {
        if (++done == streams) all_written.set_value();
    };
    go({}, options);
    EXPECT_EQ(done, streams);
}

TEST_F(PipelineTest, AFilterMayHoldFramesBackEvenWithTheSmallestQueue) {
    add({.source = {.frames = 50}});
    jobs_[0].open = [inner = jobs_[0].open](const StreamTicket& ticket) {
        auto opened = inner(ticket);
        opened->filter = std::make_unique<DelayingFilter>();
        return opened;
    };
    const auto report = go({.max_batch = 1, .depth = 1}, {.queue = 1, .held = 3});
    EXPECT_EQ(report.streams[0].status, StreamStatus::complete);
    expect_whole(*logs_[0], 0, 50);
}

TEST_F(PipelineTest, PixelsAreLetGoOfBeforeASlowSinkThatDoesNotWantThem) {
    add({.source = {.frames = 5}});
    std::vector<bool> had_pixels;
    struct Looking final : sink::Sink {
        explicit Looking(std::vector<bool>& seen) : seen_(seen) {}
        Result<void> begin(const sink::Context&) override { return {}; }
        Result<void> write(const FrameResult&, const Frame& frame) override {
            seen_.push_back(frame.owner != nullptr);
            return {};
        }
        Result<void> finish(sink::Outcome) override { return {}; }
        std::string path() const override { return ""; }
        std::vector<bool>& seen_;
    };
    jobs_[0].open = [inner = jobs_[0].open, &had_pixels](const StreamTicket& ticket) {
        auto opened = inner(ticket);
        opened->sinks.push_back(std::make_unique<Looking>(had_pixels));
        return opened;
    };
    go();
    EXPECT_EQ(had_pixels, std::vector<bool>(5, false));
}

TEST_F(PipelineTest, TwoDevicesServeTheStreams) {
    for (int s = 0; s < 4; ++s) add({.source = {.frames = 60}});
    FakeDetector first({}), second({});
    test::FixedDevices devices{&first, &second};
    const auto report = run(jobs_, devices, {.streams = 4}, stop_.get_token(), progress_);
    for (std::uint32_t s = 0; s < 4; ++s) expect_whole(*logs_[s], s, 60);
    std::uint64_t frames = 0;
    for (const DeviceReport& device : report.devices) frames += device.frames;
    EXPECT_EQ(frames, 240U);
}

/// Hands out a frame of its own, whose owner tells that it was here.
class MarkingEditor final : public FrameEditor {
  public:
    explicit MarkingEditor(std::optional<std::uint64_t> fail_at) : fail_at_(fail_at) {}
    Result<Frame> edit(const FrameResult& result, const Frame& frame) override {
        if (fail_at_ == result.id.index) return fail(ErrorCode::internal, "the fake editor broke");
        Frame edited = frame;
        edited.owner = mark;
        return edited;
    }
    static inline const std::shared_ptr<const void> mark = std::make_shared<int>(1);

  private:
    std::optional<std::uint64_t> fail_at_;
};

/// Counts frames that came past the editor.
class UneditedSink final : public sink::Sink {
  public:
    UneditedSink(int& frames, int& unedited) : frames_(frames), unedited_(unedited) {}
    Result<void> begin(const sink::Context&) override { return {}; }
    Result<void> write(const FrameResult&, const Frame& frame) override {
        ++frames_;
        unedited_ += frame.owner == MarkingEditor::mark ? 0 : 1;
        return {};
    }
    Result<void> finish(sink::Outcome) override { return {}; }
    [[nodiscard]] bool wants_pixels() const noexcept override { return true; }
    [[nodiscard]] std::string path() const override { return "fake.out"; }

  private:
    int &frames_, &unedited_;
};

TEST(FrameEditor, NobodyGetsAPictureThatItDidNotSee) {
    for (const std::optional<std::uint64_t> fail_at : {std::optional<std::uint64_t>(), {7}}) {
        int frames = 0, unedited = 0, told = 0;
        StreamJob job;
        job.name = "stream";
        job.open = [&](const StreamTicket& ticket) -> Result<OpenedStream> {
            OpenedStream opened;
            opened.source = std::make_unique<test::FakeSource>(
                ticket.stream, test::FakeSource::Script{.frames = 20});
            opened.editor = std::make_unique<MarkingEditor>(fail_at);
            opened.sinks.push_back(std::make_unique<UneditedSink>(frames, unedited));
            opened.sinks.push_back(std::make_unique<UneditedSink>(frames, unedited));
            return opened;
        };
        job.keep_pixels = true;
        job.on_result = [&](const FrameResult&, const Frame& frame, const std::stop_token&) {
            told += frame.owner == MarkingEditor::mark ? 1 : 1000;
            return true;
        };
        FakeDetector detector({});
        test::FixedDevices devices{&detector};
        Progress progress;
        Pipeline pipeline(devices, {}, progress);
        const StreamReport report = pipeline.run(std::move(job), 0, {});
        EXPECT_EQ(unedited, 0);
        if (!fail_at) {
            EXPECT_EQ(frames, 40);
            EXPECT_EQ(told, 20);
        } else {
            // Its failure is the stream's: what comes behind is given to nobody.
            EXPECT_EQ(report.status, StreamStatus::failed);
            EXPECT_EQ(frames, 14);
            EXPECT_EQ(told, 7);
        }
    }
}

}  // namespace
}  // namespace saccade::pipeline
