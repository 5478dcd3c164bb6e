#include "cli/summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace saccade::cli {
namespace {

RunSummary sample() {
    RunSummary summary;
    summary.model = "net.onnx";
    summary.backend = "a backend";
    summary.detectors = {
        {.device = "a device", .input_width = 640, .input_height = 384, .frames = 10}};
    summary.frames = 10;
    summary.seconds = 2;
    summary.fps = 5;
    StreamSummary good;
    good.name = "a\xff.mp4";  // not UTF-8
    good.frames = 10;
    good.width = 1920;
    good.height = 1080;
    good.input_width = 640;
    good.input_height = 384;
    good.ids_by_class = {{"person", 3}};
    good.outputs = {"out/a.txt"};
    good.stages = {{.stage = "decode", .mean = 1, .total_seconds = 0.01}};
    StreamSummary bad;
    bad.name = "b.mp4";
    bad.status = Status::failed;
    bad.error = Error{ErrorCode::not_found, "b.mp4: no such file", "check the path"};
    summary.streams = {good, bad};
    return summary;
}

TEST(Summary, TextNamesCountsFilesAndFailures) {
    const std::string text = summary_text(sample());
    EXPECT_NE(text.find("followed 3 person"), std::string::npos) << text;
    EXPECT_NE(text.find("10 frames of 1920x1080 at 640x384"), std::string::npos) << text;
    EXPECT_NE(text.find("-> out/a.txt"), std::string::npos);
    EXPECT_NE(text.find("b.mp4: failed: b.mp4: no such file; check the path"), std::string::npos);
    EXPECT_NE(text.find("decode 1.00"), std::string::npos);
}

TEST(Summary, TellsWhatWasDroppedSkippedAndGoverned) {
    RunSummary summary = sample();
    summary.streams[0].dropped = 5;
    summary.streams[0].drops = {{"detect", "the detector was busy", 5}};
    summary.streams[1].status = Status::complete;
    summary.streams[1].skipped = true;
    summary.streams[1].frames = 77;
    summary.governor = {.limit = 9, .max_batch = 8, .batch = 4, .out_of_memory = 3};
    const std::string text = summary_text(summary);
    EXPECT_NE(text.find("5 frames dropped (the detector was busy)"), std::string::npos) << text;
    EXPECT_NE(text.find("b.mp4: skipped, done before (77 frames)"), std::string::npos) << text;
    const auto json = nlohmann::json::parse(summary_json(summary));
    EXPECT_EQ(json["streams"][0]["drops"][0]["reason"], "the detector was busy");
    EXPECT_EQ(json["streams"][0]["drops"][0]["frames"], 5);
    EXPECT_EQ(json["streams"][1]["skipped"], true);
    EXPECT_EQ(json["governor"]["limit_bytes"], 9);
    EXPECT_EQ(json["governor"]["batch"], 4);
    EXPECT_EQ(json["governor"]["out_of_memory"], 3);
}

TEST(Summary, JsonIsWholeWhateverTheNames) {
    const auto json = nlohmann::json::parse(summary_json(sample()));
    EXPECT_EQ(json["schema"], "saccade.run/1");
    EXPECT_EQ(json["streams"][0]["input"], (nlohmann::json{640, 384}));
    EXPECT_EQ(json["detectors"][0]["frames"], 10);
    EXPECT_EQ(json["streams"][0]["ids_by_class"]["person"], 3);
    EXPECT_EQ(json["streams"][1]["status"], "failed");
    EXPECT_EQ(json["streams"][1]["error"]["code"], "not_found");
}

}  // namespace
}  // namespace saccade::cli
