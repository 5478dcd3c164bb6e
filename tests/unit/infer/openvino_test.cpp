// What is the OpenVINO backend's own: precisions, sizes, messages. The rest is in tests/contract.
#include <gmock/gmock.h>

#include <cstring>
#include <openvino/openvino.hpp>
#include <random>

#include "infer/openvino/openvino_backend.h"
#include "model/prepared_model.h"
#include "model/synthetic_detector.h"
#include "support/models.h"

namespace saccade::infer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Loaded {
    model::OnnxModel model;
    model::ModelSpec spec;
};

Loaded load(const std::filesystem::path& path) {
    auto model = model::OnnxModel::load(path);
    EXPECT_TRUE(model) << model.error().line();
    auto spec = model::inspect(*model);
    EXPECT_TRUE(spec) << spec.error().line();
    return {std::move(*model), std::move(*spec)};
}

Loaded synthetic() {
    auto model = model::make_synthetic_detector();
    auto spec = model::inspect(model);
    EXPECT_TRUE(spec) << spec.error().line();
    return {std::move(model), std::move(*spec)};
}

void fill(const TensorView& view, unsigned seed) {
    std::mt19937 random(seed);
    auto* values = static_cast<float*>(view.data);
    for (std::int64_t i = 0; i < element_count(view.shape); ++i) {
        values[i] = static_cast<float>(random() >> 8) * 0x1p-24F;
    }
}

/// Output 0 of one image.
std::vector<float> run(Backend& backend, unsigned seed) {
    fill(backend.input(0), seed);
    EXPECT_TRUE(backend.submit(0, 1));
    const auto outputs = backend.wait(0);
    EXPECT_TRUE(outputs) << outputs.error().line();
    const auto* values = static_cast<const float*>(outputs->front().data);
    return {values, values + element_count(outputs->front().shape)};
}

/// The precision in effect where the caller names none.
Precision usual(bool bf16_will_do) {
    const auto [model, spec] = synthetic();
    BackendOptions options;
    options.bf16_will_do = bf16_will_do;
    const auto backend = load_openvino(model, spec, options);
    EXPECT_TRUE(backend) << backend.error().line();
    return (*backend)->info().precision;
}

TEST(OpenVino, RunsInBf16WhereItWillDoAndTheCpuIsFasterSo) {
    EXPECT_EQ(usual(false), Precision::fp32);
    // What the runtime takes by itself, asked for without our code.
    const auto own = ov::Core().get_property("CPU", ov::hint::inference_precision);
    EXPECT_EQ(usual(true), own == ov::element::bf16 ? Precision::bf16 : Precision::fp32);
}

TEST(OpenVino, SizesOtherThanTheFilesOwnRun) {
    const auto [model, spec] = synthetic();
    BackendOptions options;
    options.width = 320;
    options.height = 192;
    const auto backend = load_openvino(model, spec, options);
    ASSERT_TRUE(backend) << backend.error().line();
    EXPECT_THAT((*backend)->info().input.shape, ElementsAre(1, 3, 192, 320));
    ASSERT_EQ((*backend)->info().outputs.size(), 1U);
    EXPECT_THAT((*backend)->info().outputs[0].shape, ElementsAre(1, 7, 24 * 40));
    EXPECT_EQ((*backend)->info().precision, Precision::fp32);
    EXPECT_GE((*backend)->info().slots, 2);
}

TEST(OpenVino, ImpossibleOptionsAreErrors) {
    const auto [model, spec] = synthetic();
    const auto refused = [&](auto change) {
        BackendOptions options;
        change(options);
        const auto backend = load_openvino(model, spec, options);
        return backend ? std::string("loaded") : backend.error().line();
    };
    EXPECT_THAT(refused([](auto& o) { o.width = 650; }),
                HasSubstr("650x640 is not a multiple of 32"));
    EXPECT_THAT(refused([](auto& o) { o.height = 0; }), HasSubstr("not a multiple"));
    EXPECT_THAT(refused([](auto& o) { o.width = -32; }), HasSubstr("not a multiple"));
    EXPECT_THAT(refused([](auto& o) { o.width = 1 << 30; }), HasSubstr("not a multiple"));
    EXPECT_THAT(refused([](auto& o) { o.max_batch = -1; }), HasSubstr("batch of -1"));
    EXPECT_THAT(refused([](auto& o) { o.max_batch = 1 << 20; }), HasSubstr("batch of"));
    EXPECT_THAT(refused([](auto& o) { o.threads = -1; }), HasSubstr("threads"));
    EXPECT_THAT(refused([](auto& o) { o.precision = Precision::int8; }), HasSubstr("INT8"));
}

TEST(OpenVino, LowerPrecisionsRunOrAreRefusedByName) {
    const auto [model, spec] = synthetic();
    for (const auto precision : {Precision::bf16, Precision::fp16}) {
        BackendOptions options;
        options.width = options.height = 64;
        options.precision = precision;
        const auto backend = load_openvino(model, spec, options);
        if (backend) {
            EXPECT_EQ((*backend)->info().precision, precision);
        } else {
            EXPECT_EQ(backend.error().code, ErrorCode::unsupported);
            EXPECT_THAT(backend.error().line(), HasSubstr("16 arithmetic"));
        }
    }
}

TEST(OpenVino, MemoryIsMeasured) {
    const auto [model, spec] = synthetic();
    BackendOptions options;
    options.width = options.height = 320;
    const auto one = load_openvino(model, spec, options);
    ASSERT_TRUE(one);
    const auto use = (*one)->memory();
    const std::size_t tensors = sizeof(float) * (std::size_t{3 * 320 * 320} + 7 * 40 * 40);
    EXPECT_GE(use.per_image, tensors);
    EXPECT_GE(use.held, tensors * static_cast<std::size_t>((*one)->info().slots));
    EXPECT_LT(use.held, std::size_t{2} << 30);
}

TEST(OpenVinoRealModel, Yolo11nGivesTheSameBytesWhateverTheThreads) {
    SACCADE_NEEDS_MODEL("yolo11n", path);
    const auto [model, spec] = load(path);
    std::vector<float> reference;
    for (const int threads : {1, 2}) {
        for (const auto goal : {Goal::throughput, Goal::latency}) {
            BackendOptions options;
            options.width = options.height = 320;
            options.threads = threads;
            options.goal = goal;
            const auto backend = load_openvino(model, spec, options);
            ASSERT_TRUE(backend) << backend.error().line();
            const auto output = run(**backend, 1);
            if (reference.empty()) reference = output;
            ASSERT_EQ(output.size(), reference.size());
            EXPECT_EQ(std::memcmp(output.data(), reference.data(), output.size() * sizeof(float)),
                      0)
                << threads << " threads, goal " << static_cast<int>(goal);
        }
    }
}

TEST(OpenVinoRealModel, AStaticNetworkRunsAtItsOwnSizeInBatches) {
    SACCADE_NEEDS_MODEL("yolox_nano", path);
    const auto [model, spec] = load(path);
    BackendOptions options;
    options.max_batch = 2;
    const auto backend = load_openvino(model, spec, options);
    ASSERT_TRUE(backend) << backend.error().line();
    EXPECT_THAT((*backend)->info().input.shape, ElementsAre(1, 3, 416, 416));
    EXPECT_THAT((*backend)->info().outputs[0].shape, ElementsAre(1, 3549, 85));
    EXPECT_THAT((*backend)->input(0).shape, ElementsAre(2, 3, 416, 416));
}

}  // namespace
}  // namespace saccade::infer
