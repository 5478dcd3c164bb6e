// Small stand-ins for the pipeline's parts, with scripted behaviour and failures.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "detect/detector.h"
#include "media/source.h"
#include "sink/sink.h"
#include "track/tracker.h"

namespace saccade::test {

/// `frames` empty pictures at 30 Hz, then End; errors and delays by script.
class FakeSource final : public media::Source {
  public:
    struct Script {
        std::uint64_t frames = 10;
        std::optional<std::uint64_t> error_at;  ///< read() of that frame fails
        std::string damage;                     ///< of the End
        std::chrono::microseconds delay{0};     ///< a frame
        bool live = false;
        bool endless = false;  ///< until interrupted
    };
    FakeSource(std::uint32_t stream, Script script) : stream_(stream), script_(std::move(script)) {
        info_.name = "fake" + std::to_string(stream);
        info_.width = 64;
        info_.height = 48;
        info_.frame_rate = 30;
        info_.live = script_.live;
    }
    const media::StreamInfo& info() const noexcept override { return info_; }
    Result<media::SourceEvent> read() override {
        if (interrupted_) return fail(ErrorCode::interrupted, info_.name + ": interrupted");
        if (script_.error_at && next_ == *script_.error_at) {
            return fail(ErrorCode::unreadable, info_.name + ": read error");
        }
        if (next_ >= script_.frames && !script_.endless) return media::End{script_.damage};
        if (script_.delay.count() > 0) std::this_thread::sleep_for(script_.delay);
        Frame frame;
        frame.id = {stream_, next_};
        frame.pts = std::chrono::milliseconds(next_ * 33);
        frame.width = 64;
        frame.height = 48;
        frame.owner = std::make_shared<int>(0);
        ++next_;
        return frame;
    }
    void interrupt() noexcept override { interrupted_ = true; }

  private:
    std::uint32_t stream_;
    Script script_;
    media::StreamInfo info_;
    std::uint64_t next_ = 0;
    std::atomic<bool> interrupted_{false};
};

/// One detection a frame whose box tells the frame: x1 = index, y1 = stream.
class FakeDetector final : public detect::Detector {
  public:
    struct Script {
        int max_batch = 4, depth = 2;
        std::optional<int> fail_at_batch;
        std::chrono::microseconds delay{0};  ///< a collect
        /// Whether memory is wanting for a batch of so many images, in submit or in collect.
        std::function<bool(bool collecting, std::size_t images)> out_of_memory = {};
    };
    explicit FakeDetector(Script script) : script_(std::move(script)) {
        info_.class_names = {"thing"};
        info_.model = "fake";
    }
    const detect::DetectorInfo& info() const noexcept override { return info_; }
    int max_batch() const noexcept override { return script_.max_batch; }
    int depth() const noexcept override { return script_.depth; }
    int in_flight() const noexcept override { return static_cast<int>(queue_.size()); }
    Result<void> submit(std::span<const Frame> frames) override {
        if (script_.fail_at_batch && batches_ == *script_.fail_at_batch) {
            return fail(ErrorCode::internal, "the fake device broke");
        }
        if (script_.out_of_memory && script_.out_of_memory(false, frames.size())) {
            return fail(ErrorCode::out_of_memory, "the fake device is full");
        }
        ++batches_;
        batch_sizes.push_back(frames.size());
        std::vector<detect::Detections> results;
        for (const Frame& frame : frames) {
            taken.push_back(frame.id);
            const auto x = static_cast<float>(frame.id.index);
            const auto y = static_cast<float>(frame.id.stream);
            results.push_back({Detection{{x, y, x + 10, y + 10}, 0.9F, 0}});
        }
        queue_.push_back(std::move(results));
        return {};
    }
    Result<std::vector<detect::Detections>> collect() override {
        if (script_.delay.count() > 0) std::this_thread::sleep_for(script_.delay);
        auto results = std::move(queue_.front());
        queue_.pop_front();
        if (script_.out_of_memory && script_.out_of_memory(true, results.size())) {
            return fail(ErrorCode::out_of_memory, "the fake device is full");
        }
        return results;
    }
    void trim() override { ++trims; }
    infer::MemoryUse memory() const override { return {}; }
    detect::DetectorTimes times() const override { return {}; }

    int trims = 0;
    std::vector<std::size_t> batch_sizes;  ///< of all submits
    std::vector<FrameId> taken;            ///< in submit order

  private:
    Script script_;
    detect::DetectorInfo info_;
    std::deque<std::vector<detect::Detections>> queue_;
    int batches_ = 0;
};

/// Every detection is a confirmed track with id 1.
class FakeTracker final : public track::Tracker {
  public:
    explicit FakeTracker(std::optional<std::uint64_t> fail_at = {}) : fail_at_(fail_at) {}
    Result<void> update(const track::Observation& seen, std::vector<Track>& tracks) override {
        if (fail_at_ && calls_ == *fail_at_) {
            return fail(ErrorCode::invalid_argument, "the fake tracker broke");
        }
        ++calls_;
        tracks.clear();
        for (const Detection& d : seen.detections) {
            Track track;
            track.id = 1;
            track.box = track.raw_box = d.box;
            track.score = d.score;
            tracks.push_back(track);
        }
        return {};
    }
    void reset() override {}

  private:
    std::optional<std::uint64_t> fail_at_;
    std::uint64_t calls_ = 0;
};

/// What a FakeSink was given; outlives it.
struct SinkLog {
    std::vector<FrameResult> results;
    std::optional<sink::Outcome> outcome;
    bool begun = false;
};

class FakeSink final : public sink::Sink {
  public:
    struct Script {
        std::optional<std::uint64_t> fail_at;
        std::chrono::microseconds delay{0};
    };
    FakeSink(std::shared_ptr<SinkLog> log, Script script) : log_(std::move(log)), script_(script) {}
    Result<void> begin(const sink::Context&) override {
        log_->begun = true;
        return {};
    }
    Result<void> write(const FrameResult& result, const Frame&) override {
        if (script_.fail_at && log_->results.size() == *script_.fail_at) {
            return fail(ErrorCode::unwritable, "the fake disk is full");
        }
        if (script_.delay.count() > 0) std::this_thread::sleep_for(script_.delay);
        log_->results.push_back(result);
        return {};
    }
    Result<void> finish(sink::Outcome outcome) override {
        log_->outcome = outcome;
        return {};
    }
    std::string path() const override { return "fake.out"; }

  private:
    std::shared_ptr<SinkLog> log_;
    Script script_;
};

}  // namespace saccade::test
