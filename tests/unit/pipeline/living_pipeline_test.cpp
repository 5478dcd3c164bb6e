// Streams that come and go: whatever one waits for, it hears the stop.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <thread>

#include "pipeline/stream.h"
#include "pipeline_fixture.h"
#include "support/gate.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

using test::Gate;

/// Waits for data that never comes, as a camera does that has gone, until it is interrupted.
class SilentSource final : public media::Source {
  public:
    SilentSource(std::uint32_t stream, Gate& reached)
        : inner_(stream, {.frames = 0}), reached_(reached) {}
    const media::StreamInfo& info() const noexcept override { return inner_.info(); }
    Result<media::SourceEvent> read() override {
        reached_.pass();
        return fail(ErrorCode::interrupted, "interrupted");
    }
    void interrupt() noexcept override { reached_.open(); }

  private:
    FakeSource inner_;
    Gate& reached_;
};

class BlockedSink final : public sink::Sink {
  public:
    explicit BlockedSink(Gate& gate) : gate_(gate) {}
    Result<void> begin(const sink::Context&) override { return {}; }
    Result<void> write(const FrameResult&, const Frame&) override {
        gate_.pass();
        return {};
    }
    Result<void> finish(sink::Outcome) override { return {}; }
    std::string path() const override { return "blocked"; }

  private:
    Gate& gate_;
};

/// A device whose network may take its time to load, and its memory to be free.
class SlowDevices final : public Devices {
  public:
    [[nodiscard]] std::size_t count() const noexcept override { return 1; }
    [[nodiscard]] Size input_for(Size) const override { return {}; }
    Result<std::shared_ptr<detect::Detector>> make(std::size_t, Size) override {
        ++made;
        if (loading != nullptr) loading->pass();
        return std::make_shared<FakeDetector>(script);
    }
    Result<DeviceMemory> memory(std::size_t, const detect::DetectorInfo&) override {
        DeviceMemory memory{.probe = nullptr, .limit = limit};
        if (limit > 0) {
            memory.probe = std::make_unique<test::ScriptedProbe>(
                [this] { return memory::State{.used = limit, .others = 0, .total = limit}; });
        }
        return memory;
    }
    FakeDetector::Script script{.delay = 200us};
    Gate* loading = nullptr;
    std::size_t limit = 0;
    std::atomic<int> made{0};
};

class LivingPipelineTest : public testing::Test {
  protected:
    using Open = std::function<Result<OpenedStream>(const StreamTicket&)>;

    static OpenedStream opened(std::unique_ptr<media::Source> source) {
        OpenedStream opened;
        opened.source = std::move(source);
        opened.tracker = std::make_unique<FakeTracker>();
        return opened;
    }
    static Open fake(FakeSource::Script script) {
        return [script](const StreamTicket& ticket) -> Result<OpenedStream> {
            return opened(std::make_unique<FakeSource>(ticket.stream, script));
        };
    }
    std::shared_ptr<Stream> add(Open open, StreamJob job = {}) {
        job.name = "stream";
        job.open = std::move(open);
        return pipeline_->add(std::move(job), ++number_);
    }
    /// A second is what is promised; a loaded machine under a sanitizer gets more time to hold it.
    static bool ends(Stream& stream) {
        stream.stop();
        return stream.wait_ended(std::chrono::steady_clock::now() + 60s);
    }
    static void wait_for(const std::function<bool()>& condition) {
        while (!condition()) std::this_thread::sleep_for(1ms);
    }
    static StreamSnapshot look(const Stream& stream) {
        StreamSnapshot snapshot;
        stream.look(snapshot);
        return snapshot;
    }

    SlowDevices devices_;
    Progress progress_;
    std::unique_ptr<Pipeline> pipeline_ =
        std::make_unique<Pipeline>(devices_, PipelineOptions{.streams = 0}, progress_);
    std::uint32_t number_ = 0;
};

TEST_F(LivingPipelineTest, StreamsComeAndGoWhileOthersRunOnOneNetwork) {
    const auto stays = add(fake({.endless = true}));
    for (int i = 0; i < 20; ++i) {
        const auto comes = add(fake({.frames = 7}));
        ASSERT_TRUE(comes->wait_ended(std::chrono::steady_clock::now() + 60s));
        EXPECT_EQ(comes->report().status, StreamStatus::complete);
        EXPECT_EQ(comes->report().frames, 7U);
    }
    EXPECT_FALSE(stays->ended());
    EXPECT_EQ(look(*stays).state, StreamState::running);
    ASSERT_TRUE(ends(*stays));
    EXPECT_EQ(stays->report().status, StreamStatus::interrupted);
    EXPECT_EQ(devices_.made, 1);
    EXPECT_EQ(pipeline_->report().devices.size(), 1U);
    EXPECT_EQ(pipeline_->unfinished(), 0U);
}

TEST_F(LivingPipelineTest, AStopIsHeardWhileTheSourceIsOpened) {
    std::latch opening(1);
    const auto stream = add([&](const StreamTicket& ticket) -> Result<OpenedStream> {
        opening.count_down();
        while (!ticket.stop.stop_requested()) std::this_thread::sleep_for(1ms);
        return fail(ErrorCode::interrupted, "interrupted");
    });
    opening.wait();
    EXPECT_EQ(look(*stream).state, StreamState::opening);
    ASSERT_TRUE(ends(*stream));
    EXPECT_EQ(stream->report().status, StreamStatus::interrupted);
}

TEST_F(LivingPipelineTest, AStopIsHeardWhileTheNetworkLoadsWhichThenServesOthers) {
    Gate loading;
    devices_.loading = &loading;
    const auto first = add(fake({.frames = 5})), second = add(fake({.frames = 5}));
    loading.wait_reached();
    wait_for([&] { return look(*first).state == StreamState::loading; });
    ASSERT_TRUE(ends(*first));
    EXPECT_EQ(first->report().status, StreamStatus::interrupted);
    EXPECT_FALSE(second->ended());
    EXPECT_TRUE(pipeline_->pool().loading());
    loading.open();
    ASSERT_TRUE(second->wait_ended(std::chrono::steady_clock::now() + 60s));
    EXPECT_EQ(second->report().frames, 5U);
    EXPECT_EQ(devices_.made, 1);
}

TEST_F(LivingPipelineTest, AStopIsHeardWhileTheDecoderWaitsForMemory) {
    devices_.limit = 1'000'000;  // all taken
    const auto admitted = [](const StreamTicket& ticket) -> Result<OpenedStream> {
        media::StreamInfo declared;
        declared.codec = "h264";
        declared.width = 64;
        declared.height = 48;
        if (auto room = ticket.admit(declared, true); !room) return fail(room.error());
        return opened(
            std::make_unique<FakeSource>(ticket.stream, FakeSource::Script{.endless = true}));
    };
    const auto runs = add(admitted);  // one always does
    wait_for([&] { return look(*runs).frames > 0; });
    const auto waits = add(admitted);
    wait_for([&] { return look(*waits).state == StreamState::waiting_for_memory; });
    ASSERT_TRUE(ends(*waits));
    EXPECT_EQ(waits->report().status, StreamStatus::interrupted);
    EXPECT_FALSE(runs->ended());
}

TEST_F(LivingPipelineTest, AStopIsHeardByASourceThatGivesNothing) {
    Gate silence;
    const auto stream = add([&](const StreamTicket& ticket) -> Result<OpenedStream> {
        return opened(std::make_unique<SilentSource>(ticket.stream, silence));
    });
    silence.wait_reached();
    ASSERT_TRUE(ends(*stream));
    EXPECT_EQ(stream->report().status, StreamStatus::interrupted);
}

TEST_F(LivingPipelineTest, AStreamBehindADeviceThatDoesNotAnswerIsLetGoOf) {
    Gate stuck;
    devices_.script = {
        .max_batch = 1, .depth = 1, .out_of_memory = [&](bool collecting, std::size_t) {
            if (collecting) stuck.pass();
            return false;
        }};
    const auto stream = add(fake({.endless = true}));
    stuck.wait_reached();
    ASSERT_TRUE(ends(*stream));
    EXPECT_EQ(stream->report().status, StreamStatus::interrupted);
    stuck.open();  // what comes back now finds nobody
    const auto next = add(fake({.frames = 3}));
    ASSERT_TRUE(next->wait_ended(std::chrono::steady_clock::now() + 60s));
    EXPECT_EQ(next->report().frames, 3U);
}

TEST_F(LivingPipelineTest, ABlockedSinkKeepsItsOwnStreamAndNoOther) {
    Gate blocked;
    const auto stream = add([&](const StreamTicket& ticket) -> Result<OpenedStream> {
        auto made = opened(
            std::make_unique<FakeSource>(ticket.stream, FakeSource::Script{.endless = true}));
        made.sinks.push_back(std::make_unique<BlockedSink>(blocked));
        return made;
    });
    blocked.wait_reached();
    const auto other = add(fake({.frames = 200}));
    ASSERT_TRUE(other->wait_ended(std::chrono::steady_clock::now() + 60s));
    EXPECT_EQ(other->report().frames, 200U);
    stream->stop();
    // Its thread goes on waiting for the sink; nobody else has to.
    EXPECT_FALSE(stream->wait_ended(std::chrono::steady_clock::now() + 700ms));
    EXPECT_EQ(pipeline_->unfinished(), 1U);
    blocked.open();
    ASSERT_TRUE(stream->wait_ended(std::chrono::steady_clock::now() + 60s));
    EXPECT_EQ(stream->report().status, StreamStatus::interrupted);
    EXPECT_EQ(stream->report().frames, 1U) << "what waited behind the sink was dropped";
}

TEST_F(LivingPipelineTest, AResultThatNobodyTakesIsGivenUpForTheStop) {
    std::latch told(1);
    StreamJob job;
    job.on_result = [&](const FrameResult& result, const Frame&, const std::stop_token& stop) {
        if (result.id.index == 0) told.count_down();
        while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
        return false;
    };
    const auto stream = add(fake({.endless = true}), std::move(job));
    told.wait();
    ASSERT_TRUE(ends(*stream));
    EXPECT_EQ(stream->report().status, StreamStatus::interrupted);
    EXPECT_EQ(stream->report().frames, 0U);
}

TEST_F(LivingPipelineTest, ClosingEndsAllAndRefusesFurtherOnes) {
    std::vector<std::shared_ptr<Stream>> streams;
    for (int i = 0; i < 8; ++i) streams.push_back(add(fake({.endless = true})));
    wait_for([&] { return look(*streams.back()).frames > 0; });
    pipeline_->close();
    for (const auto& stream : streams)
        EXPECT_EQ(stream->report().status, StreamStatus::interrupted);
    const auto late = add(fake({.frames = 3}));
    ASSERT_TRUE(late->wait_ended(std::chrono::steady_clock::now() + 60s));
    EXPECT_EQ(late->report().status, StreamStatus::interrupted);
}

TEST_F(LivingPipelineTest, LookingStopsNothingAndSeesCountsGrow) {
    const auto stream = add(fake({.frames = 3000}));
    std::uint64_t before = 0;
    while (!stream->ended()) {
        const StreamSnapshot seen = look(*stream);
        EXPECT_GE(seen.frames, before);
        before = seen.frames;
        if (seen.latency.frames > 0) {
            EXPECT_LE(seen.latency.p50, seen.latency.max);
        }
        static_cast<void>(stream->report());
        static_cast<void>(pipeline_->report());
    }
    const StreamSnapshot last = look(*stream);
    EXPECT_EQ(last.frames, 3000U);
    EXPECT_EQ(last.latency.frames, 3000U);
    EXPECT_EQ(last.state, StreamState::ended);
    EXPECT_EQ(stream->report().latency.count(), 3000U);
}

TEST_F(LivingPipelineTest, ManyStreamsAtRandomMomentsOfTheirLives) {
    std::mt19937 random(5);
    std::vector<std::shared_ptr<Stream>> streams;
    for (int i = 0; i < 300; ++i) {
        const bool endless = random() % 2 == 0;
        streams.push_back(add(fake({.frames = random() % 20, .endless = endless})));
        if (random() % 4 == 0)
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 900));
        while (streams.size() > random() % 12) {
            const std::size_t which = random() % streams.size();
            std::swap(streams[which], streams.back());
            ASSERT_TRUE(ends(*streams.back()));
            const StreamReport report = streams.back()->report();
            EXPECT_EQ(report.frames, report.latency.count());
            streams.pop_back();
        }
    }
    pipeline_->close();
    EXPECT_EQ(pipeline_->unfinished(), 0U);
    EXPECT_EQ(pipeline_->pool().devices()[0].streams, 0U);
}

}  // namespace
}  // namespace saccade::pipeline
