// What every Detector must do, whatever is behind it.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "contract/detector/fake_backend.h"
#include "detect/factory.h"
#include "detect/host_detector.h"
#include "infer/registry.h"
#include "model/synthetic_detector.h"
#include "support/prepared.h"
#include "support/temp_dir.h"
#include "unit/vision/frames.h"

namespace saccade::detect {
namespace {

struct Implementation {
    std::string name;
    std::function<Result<std::unique_ptr<Detector>>(const Thresholds&)> make;

    friend void PrintTo(const Implementation& which, std::ostream* out) { *out << which.name; }
};

Result<std::unique_ptr<Detector>> make_fake(const Thresholds& thresholds) {
    return HostDetector::create(std::make_unique<test::FakeBackend>(192, 128, 3, 2),
                                test::FakeBackend::spec(), "fake", thresholds);
}

/// The detector that src/model writes, on a device.
Result<std::unique_ptr<Detector>> make_generated(const Thresholds& thresholds,
                                                 infer::Device device) {
    static const test::TempDir engines;  // TensorRT builds once for all cases
    const test::TempDir folder;
    const auto path = model::write_synthetic_detector(folder.path());
    if (!path) return fail(path.error());
    DetectorOptions options;
    options.model = test::prepared(*path);
    options.input = {192, 192};
    options.thresholds = thresholds;
    options.backend.device = device;
    options.backend.cache_dir = (engines.path() / "compiled").string();
    options.backend.max_batch = 3;
    return make_detector(options);
}

/// A red, a green and a blue rectangle, each a quarter as wide and high as the picture, on grey
/// with some noise: what the generated detector is for, and enough for any other at a low
/// threshold.
Frame scene(int width, int height, PixelFormat format, unsigned seed) {
    constexpr int rgb[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {114, 114, 114}};
    constexpr int yuv[4][3] = {{63, 102, 240}, {173, 42, 26}, {32, 240, 118}, {114, 128, 128}};
    std::mt19937 random(seed);
    int left[3], top[3];
    for (int i = 0; i < 3; ++i) {
        left[i] = width * (2 * i + static_cast<int>(random() % 2)) / 8;
        top[i] = height * static_cast<int>(random() % 6) / 8;
    }
    const PixelLayout layout = layout_of(format);
    const bool packed = format == PixelFormat::rgb24;
    return test::make_frame(format, width, height, [&](int plane, int column, int row) {
        const bool pairs = plane == 1 && layout.planes == 2;
        const int component = packed ? column % 3 : pairs ? 1 + column % 2 : plane;
        const int x = packed       ? column / 3
                      : plane == 0 ? column
                                   : (pairs ? column / 2 : column) << layout.chroma_shift_x;
        const int y = plane == 0 ? row : row << layout.chroma_shift_y;
        int kind = 3;
        for (int i = 0; i < 3; ++i) {
            const bool across = x >= left[i] && x < left[i] + width / 4;
            if (across && y >= top[i] && y < top[i] + height / 4) kind = i;
        }
        const int noise = plane == 0 && kind == 3 ? static_cast<int>(random() % 9) : 0;
        return ((packed ? rgb : yuv)[kind][component] + noise) << (layout.depth - 8);
    });
}

Thresholds low() {
    Thresholds thresholds;
    thresholds.confidence = 0.002F;
    return thresholds;
}

class DetectorContract : public testing::TestWithParam<Implementation> {
  protected:
    void SetUp() override {
        if (GetParam().name == "cuda") {
            for (const auto& description : infer::backends()) {
                if (description.name == "tensorrt" && !description.available) {
                    GTEST_SKIP() << description.remedy;
                }
            }
        }
        detector_ = make(low());
        ASSERT_NE(detector_, nullptr);
    }

    static std::unique_ptr<Detector> make(const Thresholds& thresholds) {
        auto made = GetParam().make(thresholds);
        EXPECT_TRUE(made) << made.error().line();
        return made ? std::move(*made) : nullptr;
    }

    /// One batch, alone.
    static std::vector<Detections> detect(Detector& detector, const std::vector<Frame>& frames) {
        EXPECT_TRUE(detector.submit(frames));
        auto found = detector.collect();
        EXPECT_TRUE(found) << found.error().line();
        return found ? *found : std::vector<Detections>{};
    }

    /// As many frames as fit a batch, of different sizes and formats.
    [[nodiscard]] std::vector<Frame> mixed_batch(unsigned seed) const {
        const Frame frames[] = {scene(320, 180, PixelFormat::i420, seed),
                                scene(90, 200, PixelFormat::rgb24, seed + 1),
                                scene(333, 77, PixelFormat::p010, seed + 2)};
        return {frames, frames + std::min(3, detector_->max_batch())};
    }

    std::unique_ptr<Detector> detector_;
};

TEST_P(DetectorContract, SaysWhatItIs) {
    const DetectorInfo& info = detector_->info();
    EXPECT_FALSE(info.model.empty());
    EXPECT_TRUE(model::family_from(info.family));
    EXPECT_FALSE(info.class_names.empty());
    EXPECT_GT(info.input_width, 0);
    EXPECT_GT(info.input_height, 0);
    EXPECT_GE(detector_->max_batch(), 1);
    EXPECT_GE(detector_->depth(), 1);
    EXPECT_EQ(detector_->in_flight(), 0);
}

TEST_P(DetectorContract, DetectionsAreWhole) {
    std::size_t count = 0;
    const std::vector<Frame> frames = mixed_batch(1);
    const std::vector<Detections> found = detect(*detector_, frames);
    ASSERT_EQ(found.size(), frames.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        count += found[i].size();
        float last = 1;
        for (const Detection& d : found[i]) {
            EXPECT_GT(d.score, 0.002F);
            EXPECT_LE(d.score, last);
            last = d.score;
            EXPECT_GT(d.box.area(), 0);
            EXPECT_EQ(d.box, d.box.clipped(static_cast<float>(frames[i].width),
                                           static_cast<float>(frames[i].height)));
            EXPECT_GE(d.class_id, 0);
            EXPECT_LT(d.class_id, static_cast<int>(detector_->info().class_names.size()));
        }
    }
    EXPECT_GT(count, 0U);
}

TEST_P(DetectorContract, OverlappedBatchesGiveWhatLoneOnesGiveInOrder) {
    std::vector<std::vector<Frame>> batches;
    std::vector<std::vector<Detections>> alone;
    for (unsigned i = 0; i < 6; ++i) {
        batches.push_back(mixed_batch(10 * i));
        if (i % 3 == 2) batches.back().resize(1);
        alone.push_back(detect(*detector_, batches.back()));
    }
    std::vector<std::vector<Detections>> overlapped;
    for (const auto& batch : batches) {
        if (detector_->in_flight() == detector_->depth()) {
            overlapped.push_back(*detector_->collect());
        }
        ASSERT_TRUE(detector_->submit(batch));
    }
    EXPECT_EQ(detector_->in_flight(), std::min(detector_->depth(), 6));
    while (detector_->in_flight() > 0) overlapped.push_back(*detector_->collect());
    EXPECT_EQ(overlapped, alone);
    EXPECT_NE(alone[0], alone[1]);
}

TEST_P(DetectorContract, AnotherDetectorOfTheModelAgrees) {
    const std::vector<Frame> frames = mixed_batch(3);
    EXPECT_EQ(detect(*detector_, frames), detect(*make(low()), frames));
}

TEST_P(DetectorContract, ThresholdsSelectFromTheSameDetections) {
    const std::vector<Frame> frames = {scene(320, 180, PixelFormat::i420, 5)};
    const Detections all = detect(*detector_, frames)[0];
    ASSERT_GT(all.size(), 1U);

    Thresholds fewer = low();
    fewer.max_detections = 2;
    EXPECT_EQ(detect(*make(fewer), frames)[0], Detections(all.begin(), all.begin() + 2));

    Thresholds higher = low();
    higher.confidence = all[all.size() / 2].score;
    Detections want;
    for (const Detection& d : all) {
        if (d.score > higher.confidence) want.push_back(d);
    }
    EXPECT_EQ(detect(*make(higher), frames)[0], want);

    Thresholds one_class = low();
    one_class.classes = {all[1].class_id};
    want.clear();
    for (const Detection& d : all) {
        if (d.class_id == all[1].class_id) want.push_back(d);
    }
    EXPECT_EQ(detect(*make(one_class), frames)[0], want);
}

TEST_P(DetectorContract, WrongUseIsRefusedAndLeavesNothingBehind) {
    const std::vector<Frame> good = mixed_batch(7);
    const std::vector<Detections> want = detect(*detector_, good);

    EXPECT_FALSE(detector_->collect());
    EXPECT_FALSE(detector_->submit({}));
    const std::vector<Frame> many(static_cast<std::size_t>(detector_->max_batch()) + 1, good[0]);
    EXPECT_FALSE(detector_->submit(many));
    std::vector<Frame> holed = good;
    holed.back() = Frame{};
    const auto refused = detector_->submit(holed);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(detector_->in_flight(), 0);

    while (detector_->in_flight() < detector_->depth()) ASSERT_TRUE(detector_->submit(good));
    EXPECT_FALSE(detector_->submit(good));
    while (detector_->in_flight() > 0) EXPECT_EQ(*detector_->collect(), want);
}

TEST_P(DetectorContract, TinyAndThinPicturesAreNoTrouble) {
    for (const auto& [w, h] : {std::pair{1, 1}, {2000, 1}, {1, 2000}, {2, 3}}) {
        const std::vector<Frame> frames = {scene(w, h, PixelFormat::i420, 9)};
        EXPECT_EQ(detect(*detector_, frames).size(), 1U);
    }
}

TEST_P(DetectorContract, KeepsNoFrameOnceItsBatchIsCollected) {
    const std::vector<Frame> frames = {scene(64, 64, PixelFormat::nv12, 1)};
    const auto before = frames[0].owner.use_count();
    detect(*detector_, frames);
    EXPECT_EQ(frames[0].owner.use_count(), before);
}

TEST_P(DetectorContract, TellsWhoListensWhenABatchIsReady) {
    std::mutex mutex;
    std::condition_variable changed;
    int told = 0;
    const auto tell = [&] {
        const std::lock_guard lock(mutex);
        ++told;
        changed.notify_one();
    };
    detector_->on_ready(tell);
    for (int round = 1; round <= 3; ++round) {
        ASSERT_TRUE(detector_->submit(mixed_batch(1)));
        {
            std::unique_lock lock(mutex);
            ASSERT_TRUE(
                changed.wait_for(lock, std::chrono::seconds(60), [&] { return told == round; }));
        }
        EXPECT_TRUE(detector_->ready());
        ASSERT_TRUE(detector_->collect());
    }
    detector_->on_ready({});
    detect(*detector_, mixed_batch(1));
    EXPECT_EQ(told, 3);
    detector_->on_ready(tell);
    ASSERT_TRUE(detector_->submit(mixed_batch(1)));
    detector_.reset();  // calls that are due are made before it is gone, or never
}

TEST_P(DetectorContract, MayGoWithBatchesUnderWay) {
    ASSERT_TRUE(detector_->submit(mixed_batch(1)));
    detector_.reset();
}

TEST_P(DetectorContract, CountsItsTime) {
    detect(*detector_, mixed_batch(1));
    const DetectorTimes first = detector_->times();
    EXPECT_GT(first.preprocess.count(), 0);
    EXPECT_GT(first.postprocess.count(), 0);
    detect(*detector_, mixed_batch(2));
    EXPECT_GT(detector_->times().preprocess, first.preprocess);
    EXPECT_GT(detector_->memory().held, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, DetectorContract,
                         testing::Values(Implementation{"fake", make_fake},
                                         Implementation{"generated",
                                                        [](const Thresholds& thresholds) {
                                                            return make_generated(thresholds, {});
                                                        }},
                                         Implementation{"cuda",
                                                        [](const Thresholds& thresholds) {
                                                            return make_generated(thresholds, {0});
                                                        }}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace saccade::detect
