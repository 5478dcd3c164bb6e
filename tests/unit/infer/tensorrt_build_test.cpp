// The graphs before a real builder: TensorRT-RTX builds for a named GPU where there is none.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>

#include "infer/tensorrt/engine_builder.h"
#include "infer/tensorrt/library.h"
#include "infer/tensorrt/tensorrt_backend.h"
#include "model/prepared_model.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::infer {
namespace {

struct Case {
    const char* model;
    Precision precision;
};

/// For the tests' names: else GoogleTest shows the bytes.
void PrintTo(const Case& tested, std::ostream* out) {
    const char* const precision = tested.precision == Precision::fp32   ? "_fp32"
                                  : tested.precision == Precision::fp16 ? "_fp16"
                                                                        : "_mixed";
    *out << tested.model << precision;
}

/// The model's file; those that are packed go to `dir`.
std::filesystem::path unpacked(const std::string& model, const test::TempDir& dir) {
    const auto plain = test::shared_dir() / "models" / (model + ".onnx");
    if (std::filesystem::exists(plain)) return plain;
    const auto to = dir / (model + ".onnx");
    const int code =
        std::system(fmt::format("xz -dc '{}.xz' > '{}'", plain.string(), to.string()).c_str());
    EXPECT_EQ(code, 0);
    return to;
}

/// Whether a test that builds may go on. CI, which installs TensorRT-RTX, sets the variable: there
/// a library that is lacking or can't be opened fails, and is no reason to skip.
#define SACCADE_NEEDS_TENSORRT_RTX(library)                                                  \
    if (const auto& needed = (library); !needed) {                                           \
        if (std::getenv("SACCADE_TESTS_NEED_TENSORRT_RTX")) FAIL() << needed.error().line(); \
        GTEST_SKIP() << "no TensorRT-RTX here (make gpu): " << needed.error().line();        \
    }

class TensorRtRtx : public testing::TestWithParam<Case> {};

TEST_P(TensorRtRtx, BuildsForCapability86) {
    SACCADE_NEEDS_TENSORRT_RTX(tensorrt::open_best(86, true));
    SACCADE_NEEDS_SHARED("models");
    test::TempDir dir;
    const auto model = model::PreparedModel::load(unpacked(GetParam().model, dir));
    ASSERT_TRUE(model) << model.error().line();
    const auto network = model->network(model::HeadForm::whole);
    ASSERT_TRUE(network) << network.error().line();

    int steps = 0;
    EngineBuild build;
    build.precision = GetParam().precision;
    build.max_batch = 8;
    build.height = model->spec().height;
    build.width = model->spec().width;
    build.capability = 86;
    build.cache_dir = (dir / "engines").string();
    build.progress = [&](const std::string&, int, int) { ++steps; };
    const auto built = build_tensorrt_engine(*network, build);
    ASSERT_TRUE(built) << built.error().line();
    EXPECT_FALSE(built->was_there);
    EXPECT_GT(steps, 0);
    EXPECT_GT(built->bytes, 1'000'000U);
    EXPECT_TRUE(std::filesystem::exists(built->path));
    RecordProperty("bytes", std::to_string(built->bytes));

    const auto again = build_tensorrt_engine(*network, build);
    ASSERT_TRUE(again) << again.error().line();
    EXPECT_TRUE(again->was_there);
    EXPECT_EQ(again->path, built->path);
}

INSTANTIATE_TEST_SUITE_P(
    Models, TensorRtRtx,
    testing::Values(Case{"yolo11n", Precision::fp32}, Case{"yolo11n", Precision::fp16},
                    Case{"yolo11n", Precision::mixed}, Case{"yolo26n", Precision::fp32},
                    Case{"yolo26n", Precision::fp16}, Case{"yolox_nano", Precision::fp32},
                    Case{"yolox_nano", Precision::fp16}),
    testing::PrintToStringParamName());

TEST(TensorRtRtxSizes, AProfileMayHoldSmallerInputsToo) {
    const auto library = tensorrt::open_best(86, true);
    SACCADE_NEEDS_TENSORRT_RTX(library);
    SACCADE_NEEDS_SHARED("models");
    test::TempDir dir;
    const auto model = model::PreparedModel::load(unpacked("yolo11n", dir));
    ASSERT_TRUE(model) << model.error().line();
    const auto freed = model->network(model::HeadForm::whole);
    ASSERT_TRUE(freed) << freed.error().line();
    const auto network = tensorrt::typed_network(freed->graph, freed->spec,
                                                 {.precision = Precision::fp16, .max_batch = 4});
    ASSERT_TRUE(network) << network.error().line();
    tensorrt::BuildRequest request{.onnx = network->onnx,
                                   .name = "yolo11n",
                                   .least_side = 320,
                                   .profiles = {{1, 4, 4}},
                                   .capability = 86};
    const auto built = (*library)->build(request);
    ASSERT_TRUE(built) << built.error().line();
    request.least_side = 641;  // over the largest
    EXPECT_FALSE((*library)->build(request));
}

TEST(TensorRtRtxErrors, AreWordsNotCrashes) {
    const auto library = tensorrt::open_best(86, true);
    SACCADE_NEEDS_TENSORRT_RTX(library);
    tensorrt::BuildRequest request;
    request.onnx = "this is no ONNX file";
    request.name = "bad.onnx";
    request.profiles = {{1, 1, 1}};
    request.capability = 86;
    const auto built = (*library)->build(request);
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, ErrorCode::unsupported);
    EXPECT_NE(built.error().message.find("bad.onnx"), std::string::npos);
    EXPECT_EQ(built.error().line().find('\n'), std::string::npos);
}

TEST(TensorRtVersions, HeaderSetsAndGpus) {
    using namespace tensorrt;
    EXPECT_EQ(to_string(version_of(Kind::full, 100600)), "tensorrt 10.6.0");
    EXPECT_EQ(to_string(version_of(Kind::rtx, 10701)), "tensorrt-rtx 1.7.1");
    EXPECT_EQ(headers_for(version_of(Kind::full, 100600)), Headers::trt10);
    EXPECT_EQ(headers_for(version_of(Kind::full, 110400)), Headers::trt11);
    EXPECT_EQ(headers_for(version_of(Kind::rtx, 10701)), Headers::rtx);
    EXPECT_FALSE(headers_for(version_of(Kind::full, 100500)));
    EXPECT_FALSE(headers_for(version_of(Kind::full, 80600)));
    EXPECT_FALSE(headers_for(version_of(Kind::full, 120000)));
    EXPECT_FALSE(headers_for(version_of(Kind::rtx, 10600)));
    EXPECT_TRUE(runs_on(Kind::full, 90));
    EXPECT_FALSE(runs_on(Kind::rtx, 90));
    for (const int capability : {80, 86, 89, 120}) EXPECT_TRUE(runs_on(Kind::rtx, capability));
}

}  // namespace
}  // namespace saccade::infer
