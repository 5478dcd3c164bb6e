// `saccade recommend` through the program: it runs what it recommends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/clip.h"
#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string scene = "synthetic:width=320&height=240";

class Recommend : public testing::Test {
  protected:
    test::ProcessResult run(const std::string& target, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"recommend", "--target", target,     "--clip", scene,
                                       "--device",  "cpu",      "--frames", "12",     "-q"};
        words.insert(words.end(), more.begin(), more.end());
        return program_.run(words);
    }
    test::Program program_;
};

TEST_F(Recommend, GivesTheCommandThatReachesTheTarget) {
    const auto result = run("0.001 fps at 320x240, 2 streams",
                            {"--models", "synthetic", "--conf", "0.4", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json out = json::parse(result.out);
    EXPECT_EQ(out["schema"], "saccade.recommend/1");
    EXPECT_EQ(out["target"]["streams"], 2);
    ASSERT_EQ(out["options"].size(), 1U);
    EXPECT_EQ(out["options"][0]["falls_short"], "");
    EXPECT_GT(out["options"][0]["fps"], 0.001);
    EXPECT_GT(out["options"][0]["memory_bytes"], 1'000'000);
    EXPECT_EQ(out["command"],
              "saccade track VIDEO ... --model synthetic --device cpu --conf 0.4 --streams 2");
    // Nothing was left here by the runs.
    EXPECT_TRUE(program_.outputs().empty());
}

TEST_F(Recommend, SaysWhenNothingReachesIt) {
    const auto result = run("1e9 fps at 320x240", {"--models", "synthetic"});
    // (Numbers are written plainly.)
    EXPECT_EQ(result.exit_code, 2);
    const auto slow = run("1000000000 fps at 320x240", {"--models", "synthetic"});
    EXPECT_EQ(slow.exit_code, 1);
    EXPECT_THAT(slow.out, HasSubstr("too slow"));
    EXPECT_THAT(slow.err, HasSubstr("the fastest is synthetic"));
    const auto memory = run("0.001 fps at 320x240 under 1 MB", {"--models", "synthetic"});
    EXPECT_EQ(memory.exit_code, 1);
    EXPECT_THAT(memory.out, HasSubstr("takes too much memory"));
}

TEST_F(Recommend, AModelThatCantRunIsToldAndTheNextOneTried) {
    const auto result = run("0.001 fps at 320x240",
                            {"--models", "not_here_at_all.onnx,synthetic", "--all", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json out = json::parse(result.out);
    ASSERT_EQ(out["options"].size(), 2U);
    EXPECT_THAT(out["options"][0]["falls_short"].get<std::string>(), HasSubstr("not_here_at_all"));
    EXPECT_THAT(out["command"].get<std::string>(), HasSubstr("--model synthetic"));
}

TEST_F(Recommend, AsksForATargetThatItUnderstands) {
    EXPECT_EQ(run("quick").exit_code, 2);
    EXPECT_EQ(program_.run({"recommend", "-q"}).exit_code, 2);
    EXPECT_THAT(run("quick").err, HasSubstr("100 fps at 1080p under 4 GB"));
}

}  // namespace
}  // namespace saccade
