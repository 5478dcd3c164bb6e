// `saccade bench mission` on a machine without a GPU, with the generated network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Mission, RunsAllTablesAndTellsWhatIsLeftOut) {
    test::Program program;
    const auto file = [&](const char* name) { return (program.dir() / name).string(); };
    // (8K and 4K are most of the time: one frame.)
    const auto result = program.run(
        {"bench", "mission", "synthetic:frames=8&width=1920&height=1080", "--device", "cpu",
         "--frames", "1", "--reps", "1", "--batches", "1,2", "--models", "synthetic", "--json",
         "--markdown", file("mission.md"), "--html", file("mission.html")});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json out = json::parse(result.out);
    EXPECT_EQ(out["schema"], "saccade.mission/1");
    ASSERT_EQ(out["tables"].size(), 11U);
    const auto row = [&](std::size_t table, const std::string& name) -> json {
        for (const json& r : out["tables"][table]["rows"]) {
            if (r["name"] == name) return r;
        }
        ADD_FAILURE() << "no row " << name;
        return {};
    };
    const auto ours = [](const json& r, const std::string& name) -> json {
        for (const json& f : r["figures"]) {
            if (f["name"] == name) return f["ours"];
        }
        return nullptr;
    };
    EXPECT_GT(ours(row(0, "FP32"), "one frame, ms"), 0);
    EXPECT_THAT(row(0, "INT8")["left_out"].get<std::string>(),
                HasSubstr("saccade quantize --help"));
    EXPECT_GT(ours(row(1, "batch 2"), "frames/s"), 0);
    EXPECT_THAT(row(1, "batch 32")["left_out"].get<std::string>(), HasSubstr("--batches"));
    EXPECT_EQ(out["tables"][2]["rows"].size(), 3U);
    EXPECT_THAT(row(3, "limit 20GB")["left_out"].get<std::string>(), HasSubstr("no GPU"));
    EXPECT_GT(ours(row(4, "4 streams"), "frames/s"), 0);
    EXPECT_EQ(ours(row(4, "4 streams"), "GPU memory, GB"), nullptr);
    EXPECT_GT(ours(row(5, "8K at 320"), "frames/s"), 0);
    EXPECT_GT(ours(row(6, "synthetic"), "frames/s"), 0);
    EXPECT_THAT(row(6, "yolo11l")["left_out"].get<std::string>(), HasSubstr("yolo11l"));
    EXPECT_GT(ours(row(7, "on"), "frames/s"), 0);
    EXPECT_GT(ours(row(7, "off: one frame after the other"), "frames/s"), 0);
    EXPECT_FALSE(out["tables"][9]["rows"].empty());
    EXPECT_GT(ours(row(10, "1080p, one file to tracks"), "frames/s"), 0);
    EXPECT_GT(out["score"]["aims"], 0);
    EXPECT_THAT(test::read_file(file("mission.md")), HasSubstr("### 11. In all"));
    EXPECT_THAT(test::read_file(file("mission.html")), HasSubstr("11. In all"));
}

TEST(Mission, TellsWrongInputsBeforeItMeasures) {
    test::Program program;
    const auto missing = program.run({"bench", "mission", "nonsense.mp4", "--device", "cpu"});
    EXPECT_NE(missing.exit_code, 0);
    EXPECT_THAT(missing.err, HasSubstr("nonsense.mp4"));
}

}  // namespace
}  // namespace saccade
