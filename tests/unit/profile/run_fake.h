// Runs the real pipeline on parts that sleep by script, traced, and measures it.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "pipeline/pipeline.h"
#include "profile/measurement.h"
#include "support/fake_devices.h"
#include "support/fakes.h"

namespace saccade::profile::test {

using std::chrono::microseconds;

struct Script {
    microseconds decode{200}, network{200}, sink{200};  ///< a frame; sleeps
    int burst = 1;  ///< the decoder gives so many frames at once and then sleeps for all of them
    std::uint64_t frames = 80;
    std::size_t streams = 1, at_once = 1;
    std::size_t queue = 32;
    int batch = 1, depth = 2;
    bool tells_spans = false;  ///< the device says what its own streams did

    [[nodiscard]] Script slower(int times) const {
        Script script = *this;
        script.decode *= times;
        script.network *= times;
        script.sink *= times;
        return script;
    }
};

/// Gives `burst` frames at once every burst * delay.
class BurstSource final : public media::Source {
  public:
    BurstSource(std::uint32_t stream, const Script& script)
        : inner_(stream, {.frames = script.frames}), script_(script) {}
    const media::StreamInfo& info() const noexcept override { return inner_.info(); }
    Result<media::SourceEvent> read() override {
        if (script_.decode.count() > 0 && count_++ % script_.burst == 0) {
            std::this_thread::sleep_for(script_.decode * script_.burst);
        }
        return inner_.read();
    }
    void interrupt() noexcept override { inner_.interrupt(); }

  private:
    saccade::test::FakeSource inner_;
    Script script_;
    int count_ = 0;
};

/// A device that works on one batch after the other by itself, as real ones do.
class AsyncDetector final : public detect::Detector {
  public:
    using Steady = std::chrono::steady_clock;
    explicit AsyncDetector(const Script& script) : script_(script) { info_.model = "fake"; }
    const detect::DetectorInfo& info() const noexcept override { return info_; }
    int max_batch() const noexcept override { return script_.batch; }
    int depth() const noexcept override { return script_.depth; }
    int in_flight() const noexcept override { return static_cast<int>(under_way_.size()); }
    Result<void> submit(std::span<const Frame> frames) override {
        free_ = std::max(free_, Steady::now()) + script_.network * frames.size();
        under_way_.push_back({free_, frames.size()});
        return {};
    }
    Result<std::vector<detect::Detections>> collect() override {
        const auto before = Steady::now();
        std::this_thread::sleep_until(under_way_.front().first);
        times_.wait += Steady::now() - before;
        done_ = under_way_.front().first;
        std::vector<detect::Detections> results(under_way_.front().second);
        under_way_.pop_front();
        return results;
    }
    void record_spans(bool on) override { spans_ = on && script_.tells_spans; }
    std::vector<detect::DeviceSpan> device_spans() override {
        if (!spans_) return {};
        const auto begin = done_ - script_.network;
        return {
            {.stream = 0, .what = "upload", .begin = begin, .end = begin + script_.network / 4},
            {.stream = 1, .what = "network", .begin = begin + script_.network / 4, .end = done_}};
    }
    infer::MemoryUse memory() const override { return {}; }
    detect::DetectorTimes times() const override { return times_; }

  private:
    Script script_;
    detect::DetectorInfo info_;
    detect::DetectorTimes times_;
    Steady::time_point free_{}, done_{};
    bool spans_ = false;
    std::deque<std::pair<Steady::time_point, std::size_t>> under_way_;
};

inline Measurement run_and_measure(const Script& script, Tracer* keep = nullptr) {
    std::vector<pipeline::StreamJob> jobs;
    for (std::size_t i = 0; i < script.streams; ++i) {
        jobs.push_back(
            {"fake", [&](const pipeline::StreamTicket& ticket) -> Result<pipeline::OpenedStream> {
                 pipeline::OpenedStream opened;
                 opened.source = std::make_unique<BurstSource>(ticket.stream, script);
                 opened.tracker = std::make_unique<saccade::test::FakeTracker>();
                 opened.sinks.push_back(std::make_unique<saccade::test::FakeSink>(
                     std::make_shared<saccade::test::SinkLog>(),
                     saccade::test::FakeSink::Script{.delay = script.sink}));
                 return opened;
             }});
    }
    AsyncDetector detector(script);
    saccade::test::FixedDevices devices{&detector};
    pipeline::Progress progress;
    Tracer own;
    Tracer& tracer = keep != nullptr ? *keep : own;
    Sampler sampler;
    const auto report = pipeline::run(
        jobs, devices, {.queue = script.queue, .streams = script.at_once, .tracer = &tracer}, {},
        progress);
    return measure(tracer, sampler.finish(),
                   {.streams = script.at_once,
                    .queue = script.queue,
                    .batch = script.batch,
                    .slots = script.depth,
                    .cores = 64},  // sleeping takes none: the cores shall not count
                   std::chrono::duration<double>(report.wall).count());
}

}  // namespace saccade::profile::test
