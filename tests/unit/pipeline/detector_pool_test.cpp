#include "pipeline/detector_pool.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "pipeline_fixture.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

/// Inputs are 640 for small sources and 480 for larger ones; what is made is counted.
class CountedDevices final : public Devices {
  public:
    explicit CountedDevices(std::size_t devices) : devices_(devices) {}
    [[nodiscard]] std::size_t count() const noexcept override { return devices_; }
    [[nodiscard]] Size input_for(Size source) const override {
        return source.width <= 1920 ? Size{640, 640} : Size{480, 480};
    }
    Result<std::shared_ptr<detect::Detector>> make(std::size_t device, Size input) override {
        EXPECT_FALSE(std::exchange(making_, true)) << "two at a time";
        std::this_thread::sleep_for(2ms);
        making_ = false;
        ++made[{device, input.width}];
        if (const auto found = failures.find(input.width); found != failures.end()) {
            return fail(found->second, "the fake device refused");
        }
        const auto script = scripts.find(device);
        return std::make_shared<FakeDetector>(script != scripts.end() ? script->second
                                                                      : FakeDetector::Script{});
    }
    Result<DeviceMemory> memory(std::size_t device, const detect::DetectorInfo&) override {
        ++memories[device];
        DeviceMemory memory{.probe = nullptr, .limit = limit};
        if (used) {
            memory.probe = std::make_unique<test::ScriptedProbe>([this] {
                return memory::State{.used = used(), .others = 0, .total = 1'000'000'000};
            });
        }
        return memory;
    }

    std::map<std::pair<std::size_t, int>, int> made;  ///< by device and side
    std::map<std::size_t, int> memories;
    std::map<int, ErrorCode> failures;                    ///< by side
    std::map<std::size_t, FakeDetector::Script> scripts;  ///< by device
    std::size_t limit = 0;
    std::function<std::size_t()> used;

  private:
    std::size_t devices_;
    bool making_ = false;
};

TEST(DetectorPool, OneDetectorADeviceAndSizeHoweverManyStreamsAskAtOnce) {
    CountedDevices devices(2);
    const PipelineOptions options;
    DetectorPool pool(devices, options);
    EXPECT_TRUE(devices.made.empty());
    std::mutex mutex;
    std::map<std::pair<std::size_t, int>, std::set<InferStage*>> got;
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 12; ++i) {
            threads.emplace_back([&, i] {
                const std::size_t device = i % 2;
                const int width = i % 3 == 0 ? 3840 : 1920;
                const auto stage = pool.stage(device, {width, 1080});
                ASSERT_TRUE(stage);
                std::lock_guard lock(mutex);
                got[{device, width}].insert(*stage);
            });
        }
    }
    EXPECT_EQ(devices.made.size(), 4U);
    for (const auto& [key, times] : devices.made) EXPECT_EQ(times, 1);
    for (const auto& [key, stages] : got) EXPECT_EQ(stages.size(), 1U);
    EXPECT_EQ(devices.memories, (std::map<std::size_t, int>{{0, 1}, {1, 1}}));
    pool.finish();
    RunReport report;
    pool.report(report);
    EXPECT_EQ(report.devices.size(), 4U);
}

TEST(DetectorPool, OnlySizesThatAreNeededAreLoaded) {
    CountedDevices devices(1);
    const PipelineOptions options;
    DetectorPool pool(devices, options);
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.stage(0, {1920, 1080}));
    EXPECT_EQ(devices.made, (std::map<std::pair<std::size_t, int>, int>{{{0, 640}, 1}}));
}

TEST(DetectorPool, StreamsGoToTheDeviceWithTheFewest) {
    CountedDevices devices(3);
    const PipelineOptions options;
    DetectorPool pool(devices, options);
    std::vector<std::size_t> got;
    for (int i = 0; i < 4; ++i) got.push_back(*pool.enter());
    EXPECT_EQ(got, (std::vector<std::size_t>{0, 1, 2, 0}));
    pool.leave(1);
    EXPECT_EQ(*pool.enter(), 1U);
    EXPECT_EQ(*pool.enter(), 1U);
}

TEST(DetectorPool, ARefusalIsRememberedUnlessMemoryWasWanting) {
    CountedDevices devices(1);
    devices.failures = {{640, ErrorCode::unsupported}, {480, ErrorCode::out_of_memory}};
    const PipelineOptions options;
    DetectorPool pool(devices, options);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(pool.stage(0, {1920, 1080}).error().code, ErrorCode::unsupported);
        EXPECT_EQ(pool.stage(0, {3840, 2160}).error().code, ErrorCode::out_of_memory);
    }
    EXPECT_EQ((devices.made[{0, 640}]), 1);
    EXPECT_EQ((devices.made[{0, 480}]), 3);
    devices.failures.clear();
    EXPECT_TRUE(pool.stage(0, {3840, 2160}));
}

/// How many sources there are, and the most there ever were.
struct Open {
    std::atomic<int> now{0}, most{0};
    void add() {
        const int count = ++now;
        for (int seen = most; count > seen && !most.compare_exchange_weak(seen, count);) {
        }
    }
};

/// A source of another size than the fake's own; counted once it may decode.
class SizedSource final : public media::Source {
  public:
    SizedSource(std::uint32_t stream, FakeSource::Script script, int width)
        : inner_(stream, std::move(script)), info_(inner_.info()) {
        info_.width = width;
    }
    ~SizedSource() override {
        if (open_ != nullptr) --open_->now;
    }
    void count(Open& open) {
        open.add();
        open_ = &open;
    }
    [[nodiscard]] const media::StreamInfo& info() const noexcept override { return info_; }
    Result<media::SourceEvent> read() override { return inner_.read(); }
    void interrupt() noexcept override { inner_.interrupt(); }

  private:
    FakeSource inner_;
    media::StreamInfo info_;
    Open* open_ = nullptr;
};

class PoolRun : public testing::Test {
  protected:
    void add(int width, std::uint64_t frames) {
        auto log = std::make_shared<SinkLog>();
        logs_.push_back(log);
        jobs_.push_back({"stream", [=, this](const StreamTicket& t) -> Result<OpenedStream> {
                             OpenedStream opened;
                             auto source = std::make_unique<SizedSource>(
                                 t.stream, FakeSource::Script{.frames = frames}, width);
                             if (auto go = t.admit(source->info(), true); !go) {
                                 return fail(go.error());
                             }
                             source->count(open_);
                             opened.source = std::move(source);
                             opened.tracker = std::make_unique<FakeTracker>();
                             opened.sinks.push_back(
                                 std::make_unique<FakeSink>(log, FakeSink::Script{}));
                             return opened;
                         }});
    }
    RunReport go(CountedDevices& devices, std::size_t at_once) {
        Progress progress;
        return run(jobs_, devices, {.streams = at_once, .max_wait = 1ms}, {}, progress);
    }

    std::vector<StreamJob> jobs_;
    std::vector<std::shared_ptr<SinkLog>> logs_;
    Open open_;
};

TEST_F(PoolRun, StreamsOfEachSizeGoThroughTheirOwnDetector) {
    for (int i = 0; i < 3; ++i) add(1920, 40);
    for (int i = 0; i < 2; ++i) add(3840, 30);
    CountedDevices devices(1);
    const auto report = go(devices, 5);
    for (const auto& stream : report.streams) EXPECT_EQ(stream.status, StreamStatus::complete);
    ASSERT_EQ(report.devices.size(), 2U);
    std::multiset<std::uint64_t> frames;
    for (const auto& device : report.devices) frames.insert(device.frames);
    EXPECT_EQ(frames, (std::multiset<std::uint64_t>{60, 120}));
}

TEST_F(PoolRun, ASizeThatCannotBeLoadedFailsItsStreamsOnly) {
    add(1920, 40);
    add(3840, 30);
    CountedDevices devices(1);
    devices.failures = {{480, ErrorCode::out_of_memory}};
    const auto report = go(devices, 2);
    EXPECT_EQ(report.streams[0].status, StreamStatus::complete);
    EXPECT_EQ(report.streams[1].status, StreamStatus::failed);
    EXPECT_EQ(report.streams[1].error->code, ErrorCode::out_of_memory);
    EXPECT_FALSE(report.fatal);
    EXPECT_FALSE(logs_[1]->begun);
}

TEST_F(PoolRun, WhereNoDetectorCanBeMadeTheRunSaysSo) {
    add(1920, 40);
    CountedDevices devices(1);
    devices.failures = {{640, ErrorCode::unavailable}};
    const auto report = go(devices, 1);
    EXPECT_TRUE(report.devices.empty());
    ASSERT_TRUE(report.fatal);
    EXPECT_EQ(report.fatal->code, ErrorCode::unavailable);
}

TEST_F(PoolRun, ABrokenDeviceGetsNoFurtherStreams) {
    for (int i = 0; i < 6; ++i) add(1920, 40);
    CountedDevices devices(2);
    devices.scripts[0] = {.fail_at_batch = 0};
    const auto report = go(devices, 1);
    // The first stream finds the first device broken; all others are served by the second.
    EXPECT_EQ(report.streams[0].status, StreamStatus::failed);
    for (std::size_t s = 1; s < 6; ++s) {
        EXPECT_EQ(report.streams[s].status, StreamStatus::complete) << s;
    }
    EXPECT_TRUE(report.fatal);
}

TEST_F(PoolRun, DecodersWaitForMemory) {
    for (int i = 0; i < 6; ++i) add(1920, 60);
    CountedDevices devices(1);
    devices.limit = 1000;
    devices.used = [] { return std::size_t{900}; };  // no room beside anybody
    const auto report = go(devices, 6);
    for (std::uint32_t s = 0; s < 6; ++s) {
        EXPECT_EQ(report.streams[s].status, StreamStatus::complete);
        EXPECT_EQ(logs_[s]->results.size(), 60U);
    }
    EXPECT_EQ(open_.most, 1);
    EXPECT_LE(report.decoders_waited, 5U);
    EXPECT_GT(report.decoders_waited, 0U);
}

}  // namespace
}  // namespace saccade::pipeline
