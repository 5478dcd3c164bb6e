// Runs of the program over several streams: input sizes, live pace, and going on where one stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "support/clip.h"
#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;

json parsed(const test::ProcessResult& result) {
    EXPECT_EQ(result.signal, 0) << result.err;
    json out = json::parse(result.out, nullptr, false);
    if (!out.is_discarded()) return out;
    throw std::runtime_error("exit code " + std::to_string(result.exit_code) +
                             ", no JSON: " + result.out + result.err);
}

std::string clip(const test::Program& program, const std::string& name, int frames) {
    const auto path = program.dir() / name;
    const auto written = test::write_clip(path, {.frames = frames});
    EXPECT_TRUE(written) << written.error().line();
    return path.string();
}

TEST(InputSizes, EachResolutionHasItsOwnAndOneCopyOfTheNetwork) {
    test::Program program;
    const auto result = program.run({"detect", "synthetic:frames=6", "synthetic:frames=7&seed=2",
                                     "synthetic:width=2560&height=1440&frames=5",
                                     "synthetic:width=4096&height=2160&frames=4", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const json out = parsed(result);
    const int sides[] = {640, 640, 480, 320};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(out["streams"][i]["input"], (json{sides[i], sides[i]})) << i;
        EXPECT_GT(out["streams"][i]["detections"], 0) << i;
    }
    std::map<int, std::uint64_t> frames;
    for (const json& d : out["detectors"]) {
        EXPECT_TRUE(frames.emplace(d["input"][0], d["frames"]).second) << "two copies of a size";
    }
    EXPECT_EQ(frames, (std::map<int, std::uint64_t>{{640, 13}, {480, 5}, {320, 4}}));
}

TEST(InputSizes, TheFlagOverridesThemAndRectanglesHaveLessPadding) {
    test::Program program;
    const auto input = [&](std::vector<std::string> flags) {
        flags.insert(flags.begin(),
                     {"detect", "synthetic:width=2560&height=1440&frames=3", "--json"});
        const auto result = program.run(flags);
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return parsed(result)["streams"][0]["input"];
    };
    EXPECT_EQ(input({"--imgsz", "320"}), (json{320, 320}));
    EXPECT_EQ(input({"--imgsz", "auto"}), (json{480, 480}));
    EXPECT_EQ(input({"--rect"}), (json{480, 288}));
    EXPECT_EQ(input({"--rect", "--imgsz", "640"}), (json{640, 384}));
    const auto text = program.run({"detect", "synthetic:width=2560&height=1440&frames=3"});
    EXPECT_THAT(text.out, testing::HasSubstr("3 frames of 2560x1440 at 480x480"));
}

TEST(InputSizes, ADeviceThatIsNotThereFailsTheRun) {
    test::Program program;
    const auto result = program.run({"detect", "synthetic:frames=3", "--device", "nonsense"});
    EXPECT_NE(result.exit_code, 0);
    EXPECT_THAT(result.err, testing::HasSubstr("nonsense"));
    const auto several = program.run({"detect", "synthetic:frames=3", "--device", "cuda:0,cpu"});
    EXPECT_EQ(several.exit_code, 2);
    EXPECT_THAT(several.err, testing::HasSubstr("can't be one of several"));
}

TEST(Memory, UnderATightLimitDecodersTakeTurnsAndNothingIsLost) {
    test::Program program;
    const std::string a = clip(program, "a.avi", 30), b = clip(program, "b.avi", 40),
                      c = clip(program, "c.avi", 20);
    const auto result = program.run(
        {"track", a, b, c, "--streams", "3", "--vram-limit", "1MB", "--json", "--quiet"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const json out = parsed(result);
    EXPECT_EQ(out["frames"], 90);
    EXPECT_GT(out["governor"]["decoders_waited"], 0);
}

TEST(Live, FramesComeAtTheirOwnPace) {
    test::Program program;
    program.run({"doctor"});
    const std::string file = clip(program, "paced.avi", 50);  // 25 Hz
    const json out = parsed(program.run({"track", file, "--live", "--threads", "1", "--json"}));
    const json& stream = out["streams"][0];
    EXPECT_EQ(stream["status"], "complete");
    EXPECT_EQ(stream["frames"].get<int>() + stream["dropped"].get<int>(), 50);
    EXPECT_GE(stream["seconds"].get<double>(), 49 / 25.0 - 0.1);
}

TEST(Live, AStreamThatIsTooFastIsThinnedOutAndEachDropIsTold) {
    test::Program program;
    // Pictures that take next to nothing to decode, for a network that takes long for each.
    constexpr int kFrames = 300;
    const auto file = program.dir() / "fast.avi";
    const auto written = test::write_clip(file, {.frames = kFrames, .frame_rate = 1000});
    ASSERT_TRUE(written) << written.error().line();
    const auto result = program.run({"detect", file.string(), "--live", "--threads", "1", "--imgsz",
                                     "1280", "--save", "jsonl", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const json out = parsed(result);
    const json& stream = out["streams"][0];
    const int frames = stream["frames"], dropped = stream["dropped"];
    EXPECT_EQ(frames + dropped, kFrames);
    EXPECT_GT(dropped, 0);
    EXPECT_GT(frames, 0);
    int told = 0;
    for (const json& drop : stream["drops"]) {
        told += drop["frames"].get<int>();
        EXPECT_FALSE(drop["reason"].get<std::string>().empty());
    }
    EXPECT_EQ(told, dropped);
    // What was not dropped is written in order.
    std::vector<int> indices;
    std::istringstream lines(test::read_file(stream["outputs"][0].get<std::string>()));
    for (std::string line; std::getline(lines, line);) {
        const json entry = json::parse(line);
        if (entry.contains("index")) indices.push_back(entry["index"]);
    }
    EXPECT_EQ(indices.size(), static_cast<std::size_t>(frames));
    EXPECT_TRUE(std::is_sorted(indices.begin(), indices.end(), std::less_equal<>()));
}

TEST(Resume, RunsWhatFailedAndLeavesTheRestAlone) {
    test::Program program;
    const std::string a = clip(program, "a.avi", 20), b = clip(program, "b.avi", 30),
                      c = (program.dir() / "c.avi").string();
    test::write_file(c, "this is no video");
    const auto first = program.run({"track", a, b, c, "--json"});
    EXPECT_NE(first.exit_code, 0);
    EXPECT_EQ(parsed(first)["streams"][2]["status"], "failed");
    const auto written = std::filesystem::last_write_time(program.out() / "a.txt");
    EXPECT_FALSE(std::filesystem::exists(program.out() / "c.txt"));

    std::filesystem::remove(c);
    clip(program, "c.avi", 25);
    const auto second = program.run({"track", a, b, c, "--json", "--resume"});
    EXPECT_EQ(second.exit_code, 0) << second.err;
    const json out = parsed(second);
    EXPECT_EQ(out["streams"][0]["skipped"], true);
    EXPECT_EQ(out["streams"][1]["skipped"], true);
    EXPECT_EQ(out["streams"][1]["frames"], 30);
    EXPECT_EQ(out["streams"][2]["skipped"], false);
    EXPECT_EQ(out["streams"][2]["frames"], 25);
    EXPECT_EQ(std::filesystem::last_write_time(program.out() / "a.txt"), written);
    EXPECT_TRUE(std::filesystem::exists(program.out() / "c.txt"));

    // All done: nothing is loaded. Other settings: all again.
    const json third = parsed(program.run({"track", a, b, c, "--json", "--resume"}));
    for (const json& stream : third["streams"]) EXPECT_EQ(stream["skipped"], true);
    EXPECT_TRUE(third["detectors"].empty());
    const json other =
        parsed(program.run({"track", a, b, c, "--json", "--resume", "--conf", "0.4"}));
    for (const json& stream : other["streams"]) EXPECT_EQ(stream["skipped"], false);
}

TEST(Resume, KnowsFilesWhoseNamesAreNoUtf8) {
    test::Program program;
    const std::string a = clip(program, "caf\xe9.avi", 5), b = clip(program, "caf\xea.avi", 6);
    const std::vector<std::string> run = {"track", a, b, "--json", "--resume"};
    EXPECT_EQ(program.run({"track", a, "--json", "--resume"}).exit_code, 0);
    const json second = parsed(program.run(run));
    EXPECT_EQ(second["streams"][0]["skipped"], true);
    EXPECT_EQ(second["streams"][1]["skipped"], false);
    const json third = parsed(program.run(run));
    EXPECT_EQ(third["streams"][1]["skipped"], true);
    EXPECT_EQ(third["streams"][1]["frames"], 6);
}

TEST(Resume, ATornJournalCostsTheTornLineOnly) {
    test::Program program;
    const std::string a = clip(program, "a.avi", 5), b = clip(program, "b.avi", 6);
    const std::vector<std::string> run = {"track", a, b, "--json", "--resume", "--streams", "1"};
    EXPECT_EQ(program.run(run).exit_code, 0);
    const auto journal = program.out() / "saccade-journal.jsonl";
    std::filesystem::resize_file(journal, std::filesystem::file_size(journal) - 20);
    const json second = parsed(program.run(run));
    EXPECT_EQ(second["streams"][0]["skipped"], true);
    EXPECT_EQ(second["streams"][1]["skipped"], false);
    const json third = parsed(program.run(run));
    for (const json& stream : third["streams"]) EXPECT_EQ(stream["skipped"], true);
}

TEST(Resume, GoesOnBehindAnInterrupt) {
    test::Program program;
    const std::string a = clip(program, "a.avi", 10), b = clip(program, "b.avi", 150);
    const auto in_the_second = [&] {
        const auto names = program.outputs();
        const auto has = [&](std::string_view part) {
            return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                return name.find(part) != std::string::npos;
            });
        };
        return std::filesystem::exists(program.out() / "a.txt") && has("b.txt");
    };
    const std::vector<std::string> run = {"track",     a,   b,        "--live",
                                          "--streams", "1", "--json", "--resume"};
    const auto stopped = program.run(run, {.interrupt_when = in_the_second});
    EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
    const json before = parsed(stopped);
    ASSERT_EQ(before["streams"][0]["status"], "complete");
    ASSERT_EQ(before["streams"][1]["status"], "interrupted");

    const auto resumed = program.run(run);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    const json after = parsed(resumed);
    EXPECT_EQ(after["streams"][0]["skipped"], true);
    EXPECT_EQ(after["streams"][1]["skipped"], false);
    EXPECT_EQ(after["streams"][1]["status"], "complete");
    EXPECT_FALSE(std::filesystem::exists(program.out() / "b.txt.partial"));
}

}  // namespace
}  // namespace saccade
