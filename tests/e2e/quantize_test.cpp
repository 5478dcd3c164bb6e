// INT8 through the binary: made, judged, run, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "support/models.h"
#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string scene = "synthetic:frames=30&width=320&height=240";

TEST(Quantize, RefusesWhatItCantDo) {
    test::Program program;
    const auto none = program.run({"quantize", "--calib", scene, "--images", "8", "--held-out", "4", "-q"});
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_THAT(none.err, HasSubstr("no convolution"));

    const auto few = program.run({"quantize", "--calib", "synthetic:frames=3&width=320&height=240", "-q"});
    EXPECT_EQ(few.exit_code, 2);
    EXPECT_THAT(few.err, HasSubstr("pictures that differ"));

    EXPECT_EQ(program.run({"quantize", "-q"}).exit_code, 2);  // no --calib
    EXPECT_EQ(program.run({"quantize", "--calib", scene, "--method", "guess"}).exit_code, 2);
    EXPECT_EQ(program.run({"quantize", "--calib", (program.dir() / "absent.mp4").string(), "-q"}).exit_code, 1);
    EXPECT_TRUE(program.outputs().empty());
}

class QuantizeReal : public testing::Test {
  protected:
    void SetUp() override {
        model_ = test::real_model("yolox_nano");
        clip_ = test::shared_dir() / "video" / "people_1080p30.mp4";
        if (model_.empty() || !std::filesystem::exists(clip_)) {
            GTEST_SKIP() << "no models/yolox_nano.onnx or video/people_1080p30.mp4 in SACCADE_SHARED or ../shared";
        }
    }
    /// `saccade quantize` with a limit, on few pictures.
    test::ProcessResult quantize(const std::string& limit) {
        return program_.run({"quantize", "--model", model_.string(), "--calib", clip_.string(), "--images", "8",
                             "--held-out", "8", "--method", "percentile", "--device", "cpu", "--max-drop", limit,
                             "--out", made().string(), "--json", "-q"});
    }
    [[nodiscard]] std::filesystem::path made() const { return program_.dir() / "int8.onnx"; }

    test::Program program_;
    std::filesystem::path model_, clip_;
};

TEST_F(QuantizeReal, MakesAFileThatRuns) {
    const auto result = quantize("60");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json report = json::parse(result.out);
    EXPECT_EQ(report["method"], "percentile");
    EXPECT_GT(report["gate"]["detections"]["fp32"], 20);
    EXPECT_LT(report["kept"].size(), report["layers"].get<std::size_t>() / 2);
    ASSERT_TRUE(std::filesystem::exists(made()));
    EXPECT_LT(std::filesystem::file_size(made()), std::filesystem::file_size(model_) / 2);

    const auto run = program_.run({"detect", scene, "--model", made().string(), "--device", "cpu", "--json", "-q"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("int8"));

    const auto other = program_.run({"detect", scene, "--model", made().string(), "--device", "cpu", "--precision",
                                     "fp32", "-q"});
    EXPECT_NE(other.exit_code, 0);
    EXPECT_THAT(other.err, HasSubstr("is an INT8 network"));

    const auto again = program_.run({"quantize", "--model", made().string(), "--calib", scene, "-q"});
    EXPECT_NE(again.exit_code, 0);
    EXPECT_THAT(again.err, HasSubstr("quantised already"));

    const auto checked = program_.run({"check-precision", clip_.string(), "--model", made().string(), "--reference",
                                       model_.string(), "--images", "8", "--device", "cpu", "--max-drop", "0", "-q"});
    EXPECT_EQ(checked.exit_code, 1) << checked.out;
    EXPECT_THAT(checked.err, HasSubstr("is allowed in INT8"));
}

TEST_F(QuantizeReal, WritesNothingThatLosesMoreThanAsked) {
    const auto result = quantize("0");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("most is lost at"));
    EXPECT_FALSE(std::filesystem::exists(made()));
}

TEST_F(QuantizeReal, FewObjectsAreNoMeasure) {
    const auto result = program_.run({"quantize", "--model", model_.string(), "--calib", scene, "--images", "8",
                                      "--held-out", "4", "--method", "minmax", "--device", "cpu", "-q"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("too few to tell"));
}

}  // namespace
}  // namespace saccade
