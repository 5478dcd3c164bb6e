// INT8 through the binary: made, judged, run, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "model/quantize/write_int8.h"
#include "quantize/calibrate.h"
#include "support/models.h"
#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string scene = "synthetic:frames=30&width=320&height=240";

TEST(Quantize, RefusesWhatItCantDo) {
    test::Program program;
    const auto none =
        program.run({"quantize", "--calib", scene, "--images", "8", "--held-out", "4", "-q"});
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_THAT(none.err, HasSubstr("no convolution"));

    const auto few =
        program.run({"quantize", "--calib", "synthetic:frames=3&width=320&height=240", "-q"});
    EXPECT_EQ(few.exit_code, 2);
    EXPECT_THAT(few.err, HasSubstr("pictures that differ"));

    EXPECT_EQ(program.run({"quantize", "-q"}).exit_code, 2);  // no --calib
    EXPECT_EQ(program.run({"quantize", "--calib", scene, "--method", "guess"}).exit_code, 2);
    EXPECT_EQ(program.run({"quantize", "--calib", (program.dir() / "absent.mp4").string(), "-q"})
                  .exit_code,
              1);
    EXPECT_TRUE(program.outputs().empty());
}

TEST(Quantize, CalibrationIsForInt8Alone) {
    test::Program program;
    const auto other =
        program.run({"track", scene, "--model", "synthetic", "--calib", scene, "-q"});
    EXPECT_EQ(other.exit_code, 2);
    EXPECT_THAT(other.err, HasSubstr("--precision int8"));
    const auto none = program.run(
        {"track", scene, "--model", "synthetic", "--calib", scene, "--precision", "int8", "-q"});
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_THAT(none.err, HasSubstr("no convolution"));
    EXPECT_TRUE(program.outputs().empty());
}

class QuantizeReal : public testing::Test {
  protected:
    void SetUp() override {
        model_ = test::real_model("yolox_nano");
        clip_ = test::shared_dir() / "video" / "people_1080p30.mp4";
        if (model_.empty() || !std::filesystem::exists(clip_)) {
            GTEST_SKIP() << "no models/yolox_nano.onnx or video/people_1080p30.mp4 in "
                            "SACCADE_SHARED or ../shared";
        }
    }
    /// A network in INT8 by its least and largest values, without a gate.
    void make() {
        const std::vector<std::string> clip{clip_.string()};
        const auto network = quantize::open_network(model_, {}, {}).value();
        const auto choice = quantize::choose_frames(clip, 8, 0, {}, {}).value();
        const auto table = quantize::calibrate(network, clip, choice, "", {}, {}).value();
        const auto plan = quantize::plan_of(table, network, quantize::Method::minmax);
        test::write_file(made(),
                         model::write_int8(network.file, plan, {}).value().to_bytes().value());
    }
    [[nodiscard]] std::filesystem::path made() const { return program_.dir() / "int8.onnx"; }

    test::Program program_;
    std::filesystem::path model_, clip_;
};

TEST_F(QuantizeReal, FilesRunAndSayWhatTheyAre) {
    make();
    EXPECT_LT(std::filesystem::file_size(made()), std::filesystem::file_size(model_) / 2);
    const auto run = program_.run(
        {"detect", scene, "--model", made().string(), "--device", "cpu", "--json", "-q"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(json::parse(run.out)["precision"], "int8");

    const auto other = program_.run({"detect", scene, "--model", made().string(), "--device", "cpu",
                                     "--precision", "fp32", "-q"});
    EXPECT_NE(other.exit_code, 0);
    EXPECT_THAT(other.err, HasSubstr("is an INT8 network"));
    const auto plain = program_.run({"detect", scene, "--model", model_.string(), "--device", "cpu",
                                     "--precision", "int8", "-q"});
    EXPECT_NE(plain.exit_code, 0);
    EXPECT_THAT(plain.err, HasSubstr("saccade quantize"));
    const auto again =
        program_.run({"quantize", "--model", made().string(), "--calib", scene, "-q"});
    EXPECT_NE(again.exit_code, 0);
    EXPECT_THAT(again.err, HasSubstr("quantised already"));
}

TEST_F(QuantizeReal, ANetworkThatLosesTooMuchIsToldSo) {
    make();  // all layers, by their least and largest values: that is what spoils YOLOX
    const auto check = [&](const std::string& limit, const std::vector<std::string>& more) {
        std::vector<std::string> words{
            "check-precision", clip_.string(), "--model",    made().string(), "--images", "8",
            "--device",        "cpu",          "--max-drop", limit,           "--json",   "-q"};
        words.insert(words.end(), more.begin(), more.end());
        return program_.run(words);
    };
    const auto checked = check("1", {"--reference", model_.string()});
    EXPECT_EQ(checked.exit_code, 1) << checked.out;
    EXPECT_THAT(checked.err, HasSubstr("1.00 is allowed in INT8"));
    const json report = json::parse(checked.out);
    EXPECT_EQ(report["gate"]["good"], false);
    EXPECT_GT(report["gate"]["drop"], 1);
    EXPECT_EQ(check("100", {"--reference", model_.string()}).exit_code, 0);
    // Compared with nothing, or with what it was not made from, it can't be judged.
    EXPECT_EQ(check("100", {}).exit_code, 2);
    EXPECT_EQ(check("100", {"--reference", made().string()}).exit_code, 1);
}

TEST_F(QuantizeReal, APageShowsWhereTheNetworksDiffer) {
    make();
    const auto page = program_.dir() / "page.html";
    const auto check = [&](const std::filesystem::path& to) {
        return program_.run({"check-precision", clip_.string(), "--model", made().string(),
                             "--reference", model_.string(), "--images", "8", "--device", "cpu",
                             "--max-drop", "100", "--html", to.string(), "-q"});
    };
    const auto checked = check(page);
    ASSERT_EQ(checked.exit_code, 0) << checked.err;
    const std::string html = test::read_file(page);
    EXPECT_THAT(html, HasSubstr("Where they differ"));
    EXPECT_THAT(html, HasSubstr("href=\"data:image/jpeg;base64,/9j/"));
    EXPECT_THAT(html, HasSubstr("class=\"only\""));
    EXPECT_THAT(html, HasSubstr("<title>person 0."));
    // Good without a network: nothing is loaded from elsewhere.
    EXPECT_THAT(html, testing::Not(HasSubstr("http:")));
    EXPECT_THAT(html, testing::Not(HasSubstr("https:")));

    const std::string model = test::read_file(made());
    const auto refused = check(made());
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--html"));
    EXPECT_EQ(test::read_file(made()), model);
}

TEST_F(QuantizeReal, FewObjectsAreNoMeasure) {
    const auto result =
        program_.run({"quantize", "--model", model_.string(), "--calib", scene, "--images", "8",
                      "--held-out", "4", "--method", "minmax", "--device", "cpu", "-q"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("too few to tell"));
}

}  // namespace
}  // namespace saccade
