#include "profile/trace_json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "run_fake.h"
#include "support/temp_dir.h"

namespace saccade::profile {
namespace {

using nlohmann::json;
using test::run_and_measure;

class TraceJsonTest : public testing::Test {
  protected:
    void SetUp() override {
        run_and_measure({.frames = 40, .streams = 2, .at_once = 2, .batch = 3}, &tracer_);
        trace_ = json::parse(trace_json(tracer_));
    }
    [[nodiscard]] std::vector<json> events(const std::string& phases) const {
        std::vector<json> found;
        for (const json& event : trace_["traceEvents"]) {
            if (phases.find(event["ph"].get<std::string>()) != std::string::npos) {
                found.push_back(event);
            }
        }
        return found;
    }

    Tracer tracer_;
    json trace_;
};

TEST_F(TraceJsonTest, EveryEventHasWhatItsPhaseNeeds) {
    ASSERT_TRUE(trace_["traceEvents"].is_array());
    for (const json& event : trace_["traceEvents"]) {
        const auto phase = event["ph"].get<std::string>();
        ASSERT_EQ(phase.size(), 1U);
        ASSERT_NE(std::string("MXstfC").find(phase), std::string::npos) << phase;
        EXPECT_TRUE(event["pid"].is_number_integer());
        EXPECT_TRUE(event["tid"].is_number_integer());
        EXPECT_FALSE(event["name"].get<std::string>().empty());
        if (phase == "M") continue;
        EXPECT_GE(event["ts"].get<double>(), 0);
        if (phase == "X") {
            EXPECT_GE(event["dur"].get<double>(), 0);
        }
        if (phase == "f") {
            EXPECT_EQ(event["bp"], "e");
        }
    }
}

TEST_F(TraceJsonTest, EveryTrackHasAName) {
    std::set<int> named, used;
    for (const json& event : events("M")) {
        if (event["name"] == "thread_name") named.insert(event["tid"].get<int>());
    }
    for (const json& event : events("X")) used.insert(event["tid"].get<int>());
    EXPECT_EQ(named, used);
    EXPECT_EQ(used.size(), 2U * 3 + 1 + 2);
}

TEST_F(TraceJsonTest, EventsOfATrackNest) {
    std::map<int, std::vector<std::pair<double, double>>> tracks;
    for (const json& event : events("X")) {
        const double ts = event["ts"], dur = event["dur"];
        tracks[event["tid"].get<int>()].emplace_back(ts, ts + dur);
    }
    for (auto& [track, spans] : tracks) {
        std::sort(spans.begin(), spans.end());
        for (std::size_t i = 1; i < spans.size(); ++i) {
            // Printed to the nanosecond, so neighbours may touch by as much.
            EXPECT_LE(spans[i - 1].second, spans[i].first + 0.0021) << track;
        }
    }
}

TEST_F(TraceJsonTest, EveryFlowBeginsOnceEndsOnceAndStaysInSlices) {
    std::map<std::string, std::vector<json>> flows;
    for (const json& event : events("stf")) flows[event["id"]].push_back(event);
    EXPECT_EQ(flows.size(), 80U);
    std::map<int, std::vector<std::pair<double, double>>> slices;
    for (const json& event : events("X")) {
        const double ts = event["ts"], dur = event["dur"];
        slices[event["tid"].get<int>()].emplace_back(ts, ts + dur);
    }
    for (auto& [id, steps] : flows) {
        ASSERT_EQ(steps.size(), 6U) << id;  // decode, preprocess, network, postprocess, track, sink
        EXPECT_EQ(steps.front()["ph"], "s");
        EXPECT_EQ(steps.back()["ph"], "f");
        double before = 0;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const double ts = steps[i]["ts"];
            EXPECT_GE(ts, before);
            before = ts;
            if (i > 0 && i + 1 < steps.size()) {
                EXPECT_EQ(steps[i]["ph"], "t");
            }
            const auto& spans = slices[steps[i]["tid"].get<int>()];
            EXPECT_TRUE(std::any_of(spans.begin(), spans.end(), [&](const auto& span) {
                return span.first <= ts && ts <= span.second;
            }));
        }
    }
}

TEST_F(TraceJsonTest, BatchesSayHowManyTheyAre) {
    std::size_t frames = 0;
    for (const json& event : events("X")) {
        if (event["name"] != "preprocess") continue;
        frames += event["args"].value("batch", std::size_t{1});
    }
    EXPECT_EQ(frames, 80U);
}

TEST_F(TraceJsonTest, IsWrittenWholeOrNotAtAll) {
    const saccade::test::TempDir dir;
    ASSERT_TRUE(write_trace(dir / "run.json", tracer_));
    std::ifstream file(dir / "run.json");
    EXPECT_EQ(json::parse(file), trace_);
    const auto failed = write_trace("/proc/no/such/trace.json", tracer_);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::unwritable);
}

TEST(TraceJson, ADeviceThatTellsItsTimesHasATrackAStream) {
    Tracer tracer;
    const Measurement told = run_and_measure({.frames = 20, .tells_spans = true}, &tracer);
    EXPECT_EQ(told.frames, 20U);  // the stages' own figures don't see them
    const json trace = json::parse(trace_json(tracer));
    std::map<std::string, int> tracks;
    std::map<int, std::size_t> slices;
    std::size_t flows = 0;
    for (const json& event : trace["traceEvents"]) {
        if (event["name"] == "thread_name") tracks[event["args"]["name"]] = event["tid"];
        if (event["ph"] == "X" && event["cat"] == "device") {
            ++slices[event["tid"].get<int>()];
            EXPECT_GT(event["dur"].get<double>(), 0);
            EXPECT_LT(event["args"]["frame"].get<int>(), 20);
        }
    }
    ASSERT_TRUE(tracks.contains("device 0 stream 0"));
    ASSERT_TRUE(tracks.contains("device 0 stream 1"));
    EXPECT_EQ(slices[tracks["device 0 stream 0"]], 20U);
    EXPECT_EQ(slices[tracks["device 0 stream 1"]], 20U);
    for (const json& event : trace["traceEvents"]) {
        const bool flow =
            std::string("stf").find(event["ph"].get<std::string>()) != std::string::npos;
        if (flow && event["tid"] == tracks["device 0 stream 1"]) ++flows;
    }
    EXPECT_EQ(flows, 20U);  // every frame's way leads through it
}

TEST(TraceJson, OfNothingIsStillATrace) {
    const json trace = json::parse(trace_json(Tracer{}));
    EXPECT_EQ(trace["traceEvents"].size(), 1U);
}

}  // namespace
}  // namespace saccade::profile
