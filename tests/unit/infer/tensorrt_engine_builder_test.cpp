#include "infer/tensorrt/engine_builder.h"

#include <gtest/gtest.h>

#include "model/prepared_model.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::infer::tensorrt {
namespace {

/// Gives back what it was asked as the plan.
class FakeLibrary final : public Library {
  public:
    explicit FakeLibrary(Kind kind) : version_{kind, 10, 6, 0} {}
    [[nodiscard]] const Version& version() const noexcept override { return version_; }
    Result<Built> build(const BuildRequest& request) override {
        ++builds;
        capability = request.capability;
        profiles = request.profiles;
        return Built{std::string(request.onnx.substr(0, 100)), "timing"};
    }
    Result<std::unique_ptr<Engine>> load(std::string_view /*plan*/) override {
        return fail(ErrorCode::unsupported, "a fake");
    }
    int builds = 0, capability = -1;
    std::vector<BatchRange> profiles;

  private:
    Version version_;
};

TEST(ProfilesFor, SmallAndLargeBatches) {
    EXPECT_EQ(profiles_for(1), (std::vector<BatchRange>{{1, 1, 4}, {1, 32, 32}}));
    EXPECT_EQ(profiles_for(33), (std::vector<BatchRange>{{1, 1, 4}, {1, 64, 64}}));
    EXPECT_EQ(profiles_for(32), (std::vector<BatchRange>{{1, 1, 4}, {1, 32, 32}}));
}

TEST(KeyFor, FullPlansAreOfAGpuAndRtxPlansOfACapability) {
    const TypedNetwork network{"onnx", 8};
    const EngineBuild build;
    const Version full{Kind::full, 10, 6, 0}, rtx{Kind::rtx, 1, 7, 1};
    const Target a{"GPU A", 86, false}, b{"GPU B", 86, false}, nowhere{"", 86, true};
    EXPECT_NE(key_for(full, network, build, a).digest(), key_for(full, network, build, b).digest());
    EXPECT_EQ(key_for(rtx, network, build, a).digest(), key_for(rtx, network, build, b).digest());
    EXPECT_EQ(key_for(rtx, network, build, a).digest(),
              key_for(rtx, network, build, nowhere).digest());
    EXPECT_NE(key_for(rtx, network, build, a).digest(),
              key_for(rtx, {"other", 8}, build, a).digest());
    EngineBuild quick = build;
    quick.level = 0;
    EXPECT_NE(key_for(full, network, build, a).digest(), key_for(full, network, quick, a).digest());
    EXPECT_EQ(key_for(rtx, network, build, a).digest(), key_for(rtx, network, quick, a).digest())
        << "it chooses kernels when it runs";
    EXPECT_EQ(key_for(rtx, network, build, a).digest(),
              key_for(rtx, {"onnx", 7}, build, a).digest())
        << "one engine serves both batches";
    EXPECT_NE(key_for(rtx, network, build, a).digest(),
              key_for(rtx, {"onnx", 33}, build, a).digest());
    EXPECT_NE(key_for(rtx, network, build, a).digest(),
              key_for(rtx, {"onnx", 8, true}, build, a).digest());
}

class PrepareEngine : public testing::Test {
  protected:
    void SetUp() override {
        SACCADE_NEEDS_SHARED("models/yolox_nano.onnx");
        model_.emplace(
            model::OnnxModel::load(test::shared_dir() / "models/yolox_nano.onnx").value());
        spec_ = model::inspect(*model_).value();
        build_.height = spec_.height;
        build_.width = spec_.width;
        build_.cache_dir = (dir_ / "engines").string();
    }
    test::TempDir dir_;
    std::optional<model::OnnxModel> model_;
    model::ModelSpec spec_;
    EngineBuild build_;
};

TEST_F(PrepareEngine, BuildsOncePerPrecision) {
    FakeLibrary library(Kind::full);
    const Target target{"GPU", 90, false};
    build_.precision = Precision::fp32;
    const auto first = prepare_engine(library, *model_, spec_, build_, target);
    ASSERT_TRUE(first) << first.error().line();
    EXPECT_FALSE(first->report.was_there);
    EXPECT_EQ(library.capability, 0) << "a full TensorRT builds for the GPU that is here";
    const auto again = prepare_engine(library, *model_, spec_, build_, target);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->report.was_there);
    EXPECT_EQ(again->plan, first->plan);
    build_.precision = Precision::fp16;
    const auto half = prepare_engine(library, *model_, spec_, build_, target);
    ASSERT_TRUE(half);
    EXPECT_FALSE(half->report.was_there);
    EXPECT_NE(half->report.path, first->report.path);
    build_.precision = Precision::mixed;
    const auto mixed = prepare_engine(library, *model_, spec_, build_, target);
    ASSERT_TRUE(mixed);
    EXPECT_FALSE(mixed->report.was_there);
    EXPECT_EQ(library.builds, 3);
}

TEST_F(PrepareEngine, WithoutACacheEachTime) {
    FakeLibrary library(Kind::rtx);
    build_.cache_dir.clear();
    for (int i = 0; i < 2; ++i) {
        const auto prepared = prepare_engine(library, *model_, spec_, build_, {"", 86, true});
        ASSERT_TRUE(prepared);
        EXPECT_EQ(prepared->report.path, "");
    }
    EXPECT_EQ(library.builds, 2);
    EXPECT_EQ(library.capability, 86);
}

TEST_F(PrepareEngine, RefusesWhatCantBe) {
    FakeLibrary library(Kind::rtx);
    for (const auto precision : {Precision::int8, Precision::bf16}) {
        build_.precision = precision;
        EXPECT_EQ(prepare_engine(library, *model_, spec_, build_, {}).error().code,
                  ErrorCode::unsupported);
    }
    build_.precision = Precision::fp32;
    for (const int batch : {0, -1, 5000}) {
        build_.max_batch = batch;
        EXPECT_EQ(prepare_engine(library, *model_, spec_, build_, {}).error().code,
                  ErrorCode::invalid_argument);
    }
    build_.max_batch = 1;
    spec_.dynamic_size = true;
    build_.width = 417;
    EXPECT_EQ(prepare_engine(library, *model_, spec_, build_, {}).error().code,
              ErrorCode::invalid_argument);
    EXPECT_EQ(library.builds, 0);
}

}  // namespace
}  // namespace saccade::infer::tensorrt
