// Runs whose device finds no memory, at random places: nobody behind it may notice.
#include <gtest/gtest.h>

#include <random>

#include "core/log.h"
#include "pipeline/pipeline.h"
#include "pipeline_fixture.h"

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

/// Fails calls at random, `left` of them in all, but a single image at most four times in a row.
class Shortage {
  public:
    Shortage(unsigned seed, int left, double share) : random_(seed), left_(left), fails_(share) {}
    bool operator()(std::size_t images) {
        const bool fails =
            left_ > 0 && single_in_a_row_ < memory::Governor::tries - 1 && fails_(random_);
        if (!fails) return false;
        --left_;
        ++failures;
        if (images == 1) ++single_in_a_row_;
        return true;
    }
    /// A batch was collected. A submit that goes through ends no row: its collect may still fail.
    void came_through() { single_in_a_row_ = 0; }
    int failures = 0;

  private:
    std::mt19937 random_;
    int left_, single_in_a_row_ = 0;
    std::bernoulli_distribution fails_;
};

struct Outcome {
    RunReport report;
    std::vector<std::shared_ptr<SinkLog>> logs;
    std::vector<std::size_t> batch_sizes;
    int trims = 0;
};

Outcome run_streams(const std::vector<std::uint64_t>& lengths, FakeDetector::Script script,
                    PipelineOptions options) {
    Outcome outcome;
    std::vector<StreamJob> jobs;
    for (const std::uint64_t frames : lengths) {
        auto log = std::make_shared<SinkLog>();
        outcome.logs.push_back(log);
        jobs.push_back(
            {"stream", [=](const StreamTicket& ticket) -> Result<OpenedStream> {
                 const std::uint32_t stream = ticket.stream;
                 OpenedStream opened;
                 opened.source =
                     std::make_unique<FakeSource>(stream, FakeSource::Script{.frames = frames});
                 opened.tracker = std::make_unique<FakeTracker>();
                 opened.sinks.push_back(std::make_unique<FakeSink>(log, FakeSink::Script{}));
                 return opened;
             }});
    }
    FakeDetector detector(std::move(script));
    test::FixedDevices devices{&detector};
    Progress progress;
    outcome.report = run(jobs, devices, options, {}, progress);
    outcome.batch_sizes = detector.batch_sizes;
    outcome.trims = detector.trims;
    return outcome;
}

FakeDetector::Script with(Shortage& shortage, int max_batch, int depth) {
    return {.max_batch = max_batch,
            .depth = depth,
            .out_of_memory = [&shortage](bool collecting, std::size_t images) {
                const bool fails = shortage(images);
                if (collecting && !fails) shortage.came_through();
                return fails;
            }};
}

void expect_equal(const Outcome& disturbed, const Outcome& calm) {
    ASSERT_FALSE(disturbed.report.fatal) << disturbed.report.fatal->line();
    for (std::size_t s = 0; s < calm.logs.size(); ++s) {
        EXPECT_EQ(disturbed.report.streams[s].status, StreamStatus::complete);
        const auto& got = disturbed.logs[s]->results;
        const auto& wanted = calm.logs[s]->results;
        ASSERT_EQ(got.size(), wanted.size());
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            ASSERT_EQ(got[i].id, wanted[i].id);
            ASSERT_EQ(got[i].pts, wanted[i].pts);
            ASSERT_EQ(got[i].detections.size(), wanted[i].detections.size());
            ASSERT_EQ(got[i].tracks.size(), 1U);
            ASSERT_EQ(got[i].tracks[0].box, wanted[i].tracks[0].box);
        }
    }
    EXPECT_EQ(disturbed.report.devices[0].frames, calm.report.devices[0].frames);
}

class OutOfMemory : public testing::Test {
  protected:
    void SetUp() override { log::set_level(log::Level::error); }
    void TearDown() override { log::set_level(log::Level::warning); }
};

TEST_F(OutOfMemory, AThousandFailuresChangeNothing) {
    const std::vector<std::uint64_t> lengths{700, 650, 500, 300, 150};
    const PipelineOptions options{
        .queue = 8, .streams = 5, .max_wait = 1ms, .governor = {.quiet = 1h, .pause = 0ns}};
    const Outcome calm = run_streams(lengths, {.max_batch = 8, .depth = 3}, options);
    Shortage shortage(1, 1000, 0.3);
    const Outcome disturbed = run_streams(lengths, with(shortage, 8, 3), options);
    expect_equal(disturbed, calm);
    EXPECT_EQ(shortage.failures, 1000);
    const memory::GovernorReport governor = disturbed.report.devices[0].governor;
    EXPECT_EQ(governor.out_of_memory, 1000U);
    EXPECT_EQ(governor.smallest_batch, 1);
    EXPECT_EQ(static_cast<std::uint64_t>(disturbed.trims), governor.trims);
    EXPECT_GT(disturbed.trims, 0);
}

TEST_F(OutOfMemory, WhateverFailsWhereverInWhateverShape) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto from_to = [&](unsigned low, unsigned high) {
            return low + random() % (high - low + 1);
        };
        std::vector<std::uint64_t> lengths(from_to(1, 4));
        for (auto& frames : lengths) frames = from_to(1, 80);
        const int max_batch = static_cast<int>(from_to(1, 9));
        const int depth = static_cast<int>(from_to(1, 4));
        const PipelineOptions options{
            .queue = from_to(1, 9),
            .streams = from_to(1, 4),
            .max_wait = 1ms,
            // Growing at every chance, so that large batches fail again and again.
            .governor = {.quiet = seed % 2 == 0 ? 0ns : 200us, .pause = 0ns}};
        const Outcome calm =
            run_streams(lengths, {.max_batch = max_batch, .depth = depth}, options);
        Shortage shortage(seed, 1'000'000, 0.05 * from_to(1, 10));
        const Outcome disturbed = run_streams(lengths, with(shortage, max_batch, depth), options);
        expect_equal(disturbed, calm);
        EXPECT_EQ(disturbed.report.devices[0].governor.out_of_memory,
                  static_cast<std::uint64_t>(shortage.failures));
    }
}

TEST_F(OutOfMemory, RetriesAreNoLargerThanWhatTheDeviceCanHold) {
    const PipelineOptions options{
        .queue = 32, .max_wait = 10s, .governor = {.quiet = 1h, .pause = 0ns}};
    FakeDetector::Script script{
        .max_batch = 16, .depth = 2, .out_of_memory = [](bool, std::size_t n) { return n > 3; }};
    const Outcome outcome = run_streams({200}, std::move(script), options);
    EXPECT_EQ(outcome.logs[0]->results.size(), 200U);
    // 16, 8 and 4 failed in turn; 2 holds.
    EXPECT_EQ(outcome.report.devices[0].governor.out_of_memory, 3U);
    EXPECT_EQ(outcome.report.devices[0].governor.batch, 2);
    for (const std::size_t size : outcome.batch_sizes) EXPECT_EQ(size, 2U);
}

TEST_F(OutOfMemory, ADeviceThatCannotHoldASingleImageFailsTheRunWithAWayOut) {
    int calls = 0;
    FakeDetector::Script script{.max_batch = 4,
                                .depth = 2,
                                .out_of_memory = [&](bool, std::size_t) { return ++calls > 20; }};
    const Outcome outcome =
        run_streams({500, 500}, std::move(script),
                    {.streams = 2, .max_wait = 1ms, .governor = {.quiet = 1h, .pause = 0ns}});
    ASSERT_TRUE(outcome.report.fatal);
    EXPECT_EQ(outcome.report.fatal->code, ErrorCode::out_of_memory);
    EXPECT_NE(outcome.report.fatal->message.find("single image"), std::string::npos);
    EXPECT_FALSE(outcome.report.fatal->remedy.empty());
    for (const auto& stream : outcome.report.streams) {
        EXPECT_EQ(stream.status, StreamStatus::failed);
        EXPECT_EQ(stream.error->code, ErrorCode::out_of_memory);
    }
    // What came before it is written, whole and in order.
    for (const auto& log : outcome.logs) {
        for (std::size_t i = 0; i < log->results.size(); ++i) {
            EXPECT_EQ(log->results[i].id.index, i);
        }
    }
}

}  // namespace
}  // namespace saccade::pipeline
