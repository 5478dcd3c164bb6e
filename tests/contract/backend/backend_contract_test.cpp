// What infer/backend.h promises, held against every backend that this machine has.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "infer/registry.h"
#include "model/prepared_model.h"
#include "model/synthetic_detector.h"
#include "support/temp_dir.h"
#include "support/tensor_copy.h"

namespace saccade::infer {
namespace {

constexpr int side = 96, batch = 3;

/// One implementation: the device that makes the registry choose it.
struct Implementation {
    const char* name;
    Device device;

    friend void PrintTo(const Implementation& which, std::ostream* out) { *out << which.name; }
};

class BackendContract : public testing::TestWithParam<Implementation> {
  protected:
    void SetUp() override {
        for (const auto& description : backends()) {
            if (description.name == GetParam().name && !description.available) {
                GTEST_SKIP() << description.name << ": " << description.remedy;
            }
        }
        const auto model = model::make_synthetic_detector();
        const auto spec = model::inspect(model);
        ASSERT_TRUE(spec) << spec.error().line();
        BackendOptions options;
        options.device = GetParam().device;
        options.precision = Precision::fp32;  // inputs are written as floats
        options.width = options.height = side;
        options.max_batch = batch;
        static const test::TempDir engines;  // TensorRT builds once for all cases
        options.cache_dir = (engines.path() / "compiled").string();
        auto made = make_backend(model::free_dimensions(model, *spec), options);
        ASSERT_TRUE(made) << made.error().line();
        backend_ = std::move(*made);
    }

    /// Grey noise with one red box whose place depends on the seed.
    void write_image(int slot, int image, unsigned seed) {
        const TensorView input = backend_->input(slot);
        ASSERT_EQ(input.type, ElementType::f32);
        constexpr int plane = side * side;
        std::vector<float> values(3 * plane);
        std::mt19937 random(seed);
        for (int i = 0; i < plane; ++i) {
            const float grey = 0.2F + 0.1F * static_cast<float>(random() % 256) / 256;
            for (int c = 0; c < 3; ++c) values[c * plane + i] = grey;
        }
        const int left = static_cast<int>(seed * 7 % 40), top = static_cast<int>(seed * 11 % 40);
        for (int y = top; y < top + 30; ++y) {
            for (int x = left; x < left + 40; ++x) {
                values[y * side + x] = 200 / 255.0F;
                values[plane + y * side + x] = values[2 * plane + y * side + x] = 40 / 255.0F;
            }
        }
        const std::size_t size = values.size() * sizeof(float);
        test::write_tensor(input, static_cast<std::size_t>(image) * size, values.data(), size);
    }

    /// An image's bytes of every output, after each other.
    static std::vector<std::uint8_t> image_bytes(std::span<const TensorView> outputs, int image) {
        std::vector<std::uint8_t> bytes;
        for (const TensorView& view : outputs) {
            const auto size = static_cast<std::size_t>(element_count(view.shape) / view.shape[0]) *
                              size_of(view.type);
            const auto part = test::read_tensor(view, size * static_cast<std::size_t>(image), size);
            bytes.insert(bytes.end(), part.begin(), part.end());
        }
        return bytes;
    }

    std::vector<std::uint8_t> run_alone(int slot, unsigned seed) {
        write_image(slot, 0, seed);
        EXPECT_TRUE(backend_->submit(slot, 1));
        const auto outputs = backend_->wait(slot);
        if (!outputs) {
            ADD_FAILURE() << outputs.error().line();
            return {};
        }
        return image_bytes(*outputs, 0);
    }

    std::unique_ptr<Backend> backend_;
};

TEST_P(BackendContract, SaysWhatItIs) {
    const BackendInfo& info = backend_->info();
    EXPECT_FALSE(info.name.empty());
    EXPECT_FALSE(info.device.empty());
    EXPECT_EQ(info.precision, Precision::fp32);
    EXPECT_EQ(info.max_batch, batch);
    EXPECT_GE(info.slots, 2);
    ASSERT_EQ(info.input.shape.size(), 4U);
    EXPECT_EQ(info.input.shape[2], side);
    EXPECT_EQ(info.input.shape[3], side);
    ASSERT_EQ(info.outputs.size(), 1U);
    EXPECT_EQ(info.outputs[0].name, "output0");
    EXPECT_GT(backend_->memory().held, 0U);
    EXPECT_GT(backend_->memory().per_image, 0U);
}

TEST_P(BackendContract, EachSlotHasInputMemoryOfItsOwnThatStays) {
    std::vector<void*> first;
    for (int slot = 0; slot < backend_->info().slots; ++slot) {
        const TensorView input = backend_->input(slot);
        EXPECT_THAT(input.shape, testing::ElementsAre(batch, 3, side, side));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(input.data) % 64, 0U);
        EXPECT_THAT(first, testing::Not(testing::Contains(input.data)));
        first.push_back(input.data);
    }
    run_alone(0, 1);
    for (int slot = 0; slot < backend_->info().slots; ++slot) {
        EXPECT_EQ(backend_->input(slot).data, first[static_cast<std::size_t>(slot)]);
    }
}

TEST_P(BackendContract, FindsTheBox) {
    write_image(0, 0, 3);
    ASSERT_TRUE(backend_->submit(0, 1));
    const auto outputs = backend_->wait(0);
    ASSERT_TRUE(outputs);
    const TensorView& view = outputs->front();
    const std::int64_t cells = view.shape[2];
    const auto bytes = image_bytes(*outputs, 0);
    std::vector<float> copy(bytes.size() / sizeof(float));
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    const float* const values = copy.data();
    const auto best =
        std::max_element(values + 4 * cells, values + 5 * cells) - (values + 4 * cells);
    ASSERT_GT(values[4 * cells + best], 0.5F);
    EXPECT_NEAR(values[best], 3 * 7 % 40 + 20, 0.1);           // cx
    EXPECT_NEAR(values[cells + best], 3 * 11 % 40 + 15, 0.1);  // cy
    EXPECT_NEAR(values[2 * cells + best], 40, 0.1);
    EXPECT_NEAR(values[3 * cells + best], 30, 0.1);
    EXPECT_EQ(*std::max_element(values + 5 * cells, values + 7 * cells), 0.0F);
}

TEST_P(BackendContract, EqualInputGivesEqualBytesInEverySlotAndRun) {
    const auto reference = run_alone(0, 5);
    ASSERT_NE(reference, run_alone(0, 6));
    for (int round = 0; round < 3; ++round) {
        for (int slot = 0; slot < backend_->info().slots; ++slot) {
            EXPECT_EQ(run_alone(slot, 5), reference) << "slot " << slot;
        }
    }
}

TEST_P(BackendContract, AnImageDoesNotDependOnItsBatch) {
    std::vector<std::vector<std::uint8_t>> alone;
    for (unsigned seed = 0; seed < batch; ++seed) alone.push_back(run_alone(0, seed));
    for (int count = 1; count <= batch; ++count) {
        for (int image = 0; image < count; ++image)
            write_image(1, image, static_cast<unsigned>(image));
        ASSERT_TRUE(backend_->submit(1, count));
        const auto outputs = backend_->wait(1);
        ASSERT_TRUE(outputs);
        EXPECT_EQ(outputs->front().shape[0], count);
        for (int image = 0; image < count; ++image) {
            EXPECT_EQ(image_bytes(*outputs, image), alone[static_cast<std::size_t>(image)]);
        }
    }
}

TEST_P(BackendContract, SlotsMayBeCollectedInAnyOrder) {
    const int slots = backend_->info().slots;
    std::vector<std::vector<std::uint8_t>> alone;
    for (int slot = 0; slot < slots; ++slot)
        alone.push_back(run_alone(0, static_cast<unsigned>(slot)));
    for (int slot = 0; slot < slots; ++slot) {
        write_image(slot, 0, static_cast<unsigned>(slot));
        ASSERT_TRUE(backend_->submit(slot, 1));
    }
    for (int slot = slots - 1; slot >= 0; --slot) {
        const auto outputs = backend_->wait(slot);
        ASSERT_TRUE(outputs);
        EXPECT_EQ(image_bytes(*outputs, 0), alone[static_cast<std::size_t>(slot)]);
    }
}

TEST_P(BackendContract, OnTheCpuTellsWhoListensWhenASlotIsDone) {
    if (backend_->stream(0) != nullptr) GTEST_SKIP() << "an event on its stream tells";
    std::atomic<int> told{0};
    backend_->on_done([&] { ++told; });
    for (int round = 1; round <= 3; ++round) {
        ASSERT_TRUE(backend_->submit(0, batch));
        ASSERT_TRUE(backend_->submit(1, 1));
        ASSERT_TRUE(backend_->wait(0));
        ASSERT_TRUE(backend_->wait(1));
        EXPECT_EQ(told, 2 * round) << "before wait() returns";
        EXPECT_TRUE(backend_->done(0));
    }
    backend_->on_done({});
    run_alone(0, 1);
    EXPECT_EQ(told, 6);
}

// TensorRT makes contexts of their size meanwhile, and takes them.
TEST_P(BackendContract, BatchesThatAreSmallForLongGiveTheSameBytes) {
    const auto reference = run_alone(0, 5);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    for (int round = 0; round < 20 || std::chrono::steady_clock::now() < end; ++round) {
        ASSERT_EQ(run_alone(round % backend_->info().slots, 5), reference) << "round " << round;
    }
}

TEST_P(BackendContract, OutputsLiveUntilTheSlotsNextSubmit) {
    write_image(0, 0, 1);
    ASSERT_TRUE(backend_->submit(0, 1));
    const auto outputs = backend_->wait(0);
    ASSERT_TRUE(outputs);
    const auto before = image_bytes(*outputs, 0);
    run_alone(1, 2);
    write_image(0, 0, 9);
    EXPECT_EQ(image_bytes(*outputs, 0), before);
}

TEST_P(BackendContract, MisuseIsAnErrorAndHarmsNothing) {
    EXPECT_EQ(backend_->submit(0, 0).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(backend_->submit(0, batch + 1).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(backend_->wait(0).error().code, ErrorCode::invalid_argument);
    const auto reference = run_alone(0, 4);
    EXPECT_EQ(backend_->wait(0).error().code, ErrorCode::invalid_argument);
    write_image(0, 0, 4);
    ASSERT_TRUE(backend_->submit(0, 1));
    EXPECT_EQ(backend_->submit(0, 1).error().code, ErrorCode::invalid_argument);
    const auto outputs = backend_->wait(0);
    ASSERT_TRUE(outputs);
    EXPECT_EQ(image_bytes(*outputs, 0), reference);
}

TEST_P(BackendContract, MayBeDestroyedWithWorkUnderWay) {
    for (int slot = 0; slot < backend_->info().slots; ++slot) {
        ASSERT_TRUE(backend_->submit(slot, batch));
    }
    backend_.reset();
}

INSTANTIATE_TEST_SUITE_P(All, BackendContract,
                         testing::Values(Implementation{"openvino", {}},
                                         Implementation{"tensorrt", {0}}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace saccade::infer
