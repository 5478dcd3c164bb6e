#include "trace/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "pipeline/pipeline.h"
#include "support/fake_devices.h"
#include "support/fakes.h"

namespace saccade::pipeline {
namespace {

using test::FakeDetector;
using test::FakeSink;
using test::FakeSource;
using test::FakeTracker;
using test::SinkLog;
using Clock = std::chrono::steady_clock;

void run_traced(Tracer* tracer, int streams, std::uint64_t frames) {
    std::vector<StreamJob> jobs;
    for (int i = 0; i < streams; ++i) {
        jobs.push_back({"fake", [&](const StreamTicket& ticket) -> Result<OpenedStream> {
                            const std::uint32_t stream = ticket.stream;
                            OpenedStream opened;
                            opened.source = std::make_unique<FakeSource>(
                                stream, FakeSource::Script{.frames = frames});
                            opened.tracker = std::make_unique<FakeTracker>();
                            opened.sinks.push_back(std::make_unique<FakeSink>(
                                std::make_shared<SinkLog>(), FakeSink::Script{}));
                            return opened;
                        }});
    }
    FakeDetector detector({.max_batch = 4, .depth = 2});
    test::FixedDevices devices{&detector};
    Progress progress;
    run(jobs, devices, {.queue = 4, .streams = 2, .tracer = tracer}, {}, progress);
}

TEST(Trace, EveryFramePassesEveryStageOnceAndInOrder) {
    Tracer tracer;
    run_traced(&tracer, 2, 50);
    std::map<FrameId, std::map<Activity, const TraceEvent*>> seen;
    for (const TraceLane& lane : tracer.lanes()) {
        EXPECT_EQ(lane.dropped(), 0U);
        for (const TraceEvent& event : lane.events()) {
            for (const FrameId& id : lane.frames(event)) {
                EXPECT_TRUE(seen[id].emplace(event.activity, &event).second)
                    << to_string(event.activity) << " twice";
            }
        }
    }
    ASSERT_EQ(seen.size(), 100U);
    for (const auto& [id, stages] : seen) {
        const Activity way[] = {Activity::decode,      Activity::preprocess, Activity::network,
                                Activity::postprocess, Activity::track,      Activity::sink};
        const TraceEvent* before = nullptr;
        for (const Activity stage : way) {
            ASSERT_TRUE(stages.contains(stage)) << to_string(stage);
            const TraceEvent* now = stages.at(stage);
            if (before != nullptr) {
                EXPECT_LE(before->end, now->begin) << to_string(stage);
            }
            before = now;
        }
    }
}

TEST(Trace, EventsOfALaneDoNotOverlap) {
    Tracer tracer;
    run_traced(&tracer, 2, 50);
    EXPECT_EQ(tracer.lanes().size(), 2U * 3 + 1 + 2);  // streams' threads, device, slots
    for (const TraceLane& lane : tracer.lanes()) {
        std::vector<TraceEvent> events = lane.events();
        std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) {
            return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
        });
        for (std::size_t i = 0; i < events.size(); ++i) {
            EXPECT_LE(events[i].begin, events[i].end);
            EXPECT_GE(events[i].begin, tracer.start());
            if (i > 0) {
                EXPECT_LE(events[i - 1].end, events[i].begin) << lane.name();
            }
        }
    }
}

TEST(Trace, AFullLaneCountsWhatItLeavesOut) {
    TraceLane lane("x", 3);
    const auto now = Clock::now();
    for (int i = 0; i < 5; ++i) lane.add(Activity::sink, now, now, FrameId{0, 1});
    EXPECT_EQ(lane.events().size(), 3U);
    EXPECT_EQ(lane.dropped(), 2U);
}

TEST(Trace, CpuTimeOfAThreadGoesToTheEventItWasSpentIn) {
    Tracer tracer;
    std::jthread([&] {
        const LaneScope scope(&tracer, "worker", 7);
        const auto begin = Clock::now();
        volatile unsigned spin = 0;
        timespec cpu{};
        do {
            for (int i = 0; i < 1000; ++i) spin = spin + 1;
            ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
        } while (cpu.tv_sec == 0 && cpu.tv_nsec < 20'000'000);
        const auto middle = Clock::now();
        scope.lane()->add(Activity::decode, begin, middle, FrameId{});
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        scope.lane()->add(Activity::queue_full, middle, Clock::now());
    }).join();
    const TraceLane& lane = tracer.lanes().front();
    EXPECT_EQ(lane.name(), "worker 7");
    EXPECT_NE(lane.thread(), 0);
    ASSERT_EQ(lane.events().size(), 2U);
    EXPECT_GE(lane.events()[0].cpu, std::chrono::milliseconds(18));
    EXPECT_LT(lane.events()[1].cpu, lane.events()[0].cpu);
}

TEST(Trace, WithoutATracerThereIsNoLane) {
    const LaneScope scope(nullptr, "worker", 0);
    EXPECT_EQ(scope.lane(), nullptr);
    run_traced(nullptr, 1, 10);
}

}  // namespace
}  // namespace saccade::pipeline
