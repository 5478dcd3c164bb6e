// Whole pipelines over scripted parts: streams, a device, sinks that keep what they were given.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/pipeline.h"
#include "support/fake_devices.h"
#include "support/fakes.h"

namespace saccade::pipeline {

using test::FakeDetector;
using test::FakeSink;
using test::FakeSource;
using test::FakeTracker;
using test::SinkLog;

struct StreamScript {
    FakeSource::Script source;
    FakeSink::Script sink;
    std::optional<std::uint64_t> tracker_fails_at;
    bool open_fails = false;
};

class PipelineTest : public testing::Test {
  protected:
    void add(const StreamScript& script) {
        auto log = std::make_shared<SinkLog>();
        logs_.push_back(log);
        const auto open = [script, log](const StreamTicket& ticket) -> Result<OpenedStream> {
            if (script.open_fails) return fail(ErrorCode::not_found, "no such file");
            OpenedStream opened;
            opened.source = std::make_unique<FakeSource>(ticket.stream, script.source);
            opened.tracker = std::make_unique<FakeTracker>(script.tracker_fails_at);
            opened.sinks.push_back(std::make_unique<FakeSink>(log, script.sink));
            return opened;
        };
        jobs_.push_back({"stream" + std::to_string(jobs_.size()), open});
    }

    RunReport go(FakeDetector::Script script = {}, PipelineOptions options = {}) {
        FakeDetector detector(script);
        test::FixedDevices devices{&detector};
        auto report = run(jobs_, devices, options, stop_.get_token(), progress_, on_result_);
        batch_sizes_ = detector.batch_sizes;
        taken_ = detector.taken;
        return report;
    }

    /// Frames 0, 1, 2 ... each with the detection that the fake detector makes of it.
    static void expect_whole(const SinkLog& log, std::uint32_t stream, std::uint64_t frames) {
        ASSERT_EQ(log.results.size(), frames);
        for (std::uint64_t i = 0; i < frames; ++i) {
            const FrameResult& r = log.results[i];
            EXPECT_EQ(r.id, (FrameId{stream, i}));
            ASSERT_EQ(r.tracks.size(), 1U);
            EXPECT_EQ(r.tracks[0].box.x1, static_cast<float>(i));
            EXPECT_EQ(r.tracks[0].box.y1, static_cast<float>(stream));
        }
    }

    std::vector<StreamJob> jobs_;
    std::vector<std::shared_ptr<SinkLog>> logs_;
    std::stop_source stop_;
    Progress progress_;
    ResultCallback on_result_;
    std::vector<std::size_t> batch_sizes_;
    std::vector<FrameId> taken_;
};

}  // namespace saccade::pipeline
