#include "detect/host_detector.h"

#include <gtest/gtest.h>

#include <cmath>

#include "contract/detector/fake_backend.h"
#include "unit/vision/frames.h"

namespace saccade::detect {
namespace {

using test::FakeBackend;

/// Grey, with one rectangle of full red, green or blue.
Frame painted(int width, int height, const Box& where, int channel) {
    return test::make_frame(PixelFormat::rgb24, width, height, [&](int, int x, int y) {
        const auto px = static_cast<float>(x / 3), py = static_cast<float>(y);
        const bool inside = px >= where.x1 && px < where.x2 && py >= where.y1 && py < where.y2;
        return inside ? (x % 3 == channel ? 255 : 0) : 114;
    });
}

struct Made {
    FakeBackend* backend;
    std::unique_ptr<Detector> detector;
};

Made make(int width, int height, const Thresholds& thresholds = {}) {
    auto backend = std::make_unique<FakeBackend>(width, height, 2, 2);
    FakeBackend* const raw = backend.get();
    auto detector =
        HostDetector::create(std::move(backend), FakeBackend::spec(), "fake.onnx", thresholds);
    EXPECT_TRUE(detector);
    return {raw, std::move(*detector)};
}

TEST(HostDetector, FindsAnObjectWhereItIsInTheSource) {
    Made made = make(640, 384);
    // Halved, 12 rows of padding above: cell (3, 2) of the input, but for those rows.
    const Box cell{2 * 96, 2 * (64 - 12), 2 * 128, 2 * (96 - 12)};
    ASSERT_TRUE(made.detector->submit(std::vector{painted(1280, 720, cell, 1)}));
    const auto found = made.detector->collect();
    ASSERT_TRUE(found);
    ASSERT_EQ((*found)[0].size(), 1U);
    const Detection& d = (*found)[0][0];
    EXPECT_EQ(d.class_id, 1);
    EXPECT_NEAR(d.score, 1, 1e-3);
    EXPECT_NEAR(d.box.x1, cell.x1 - 16, 1e-3);
    EXPECT_NEAR(d.box.y1, cell.y1 - 16, 1e-3);
    EXPECT_NEAR(d.box.x2, cell.x2 + 16, 1e-3);
    EXPECT_NEAR(d.box.y2, cell.y2 + 16, 1e-3);
}

TEST(HostDetector, SizesOfOneSlotDoNotStainEachOther) {
    Made made = make(128, 128);
    const Frame tall = painted(64, 128, {0, 0, 64, 128}, 0);
    const Frame wide = painted(128, 32, {0, 0, 128, 32}, 2);
    for (int round = 0; round < 6; ++round) {
        const Frame& frame = round % 3 == 0 ? tall : wide;
        ASSERT_TRUE(made.detector->submit(std::vector{frame}));
        const auto found = made.detector->collect();
        ASSERT_TRUE(found);
        ASSERT_FALSE((*found)[0].empty());
        for (const Detection& d : (*found)[0]) EXPECT_EQ(d.class_id, round % 3 == 0 ? 0 : 2);
    }
}

TEST(HostDetector, OutOfMemoryLeavesTheSameFramesToSubmitAgain) {
    Made made = make(128, 128);
    const std::vector frames{painted(128, 128, {0, 0, 32, 32}, 0), painted(128, 128, {}, 0)};
    made.backend->next_failure = Error{ErrorCode::out_of_memory, "full", ""};
    const auto refused = made.detector->submit(frames);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::out_of_memory);
    EXPECT_EQ(made.detector->in_flight(), 0);
    for (const Frame& frame : frames) ASSERT_TRUE(made.detector->submit(std::vector{frame}));
    EXPECT_EQ((*made.detector->collect())[0].size(), 1U);
    EXPECT_EQ((*made.detector->collect())[0].size(), 0U);
}

TEST(HostDetector, AFailedBatchIsNotUnderWayAnyMore) {
    Made made = make(128, 128);
    const std::vector frames{painted(128, 128, {0, 0, 32, 32}, 0)};
    ASSERT_TRUE(made.detector->submit(frames));
    ASSERT_TRUE(made.detector->submit(frames));
    made.backend->next_wait_failure = Error{ErrorCode::internal, "lost", ""};
    EXPECT_FALSE(made.detector->collect());
    EXPECT_EQ(made.detector->in_flight(), 1);
    EXPECT_EQ((*made.detector->collect())[0].size(), 1U);
}

TEST(HostDetector, ThresholdsOutOfRangeAreRefused) {
    const auto refused = [](const Thresholds& thresholds) {
        const auto made = HostDetector::create(std::make_unique<FakeBackend>(64, 64, 1, 1),
                                               FakeBackend::spec(), "fake", thresholds);
        return !made && made.error().code == ErrorCode::invalid_argument;
    };
    EXPECT_FALSE(refused({}));
    EXPECT_TRUE(refused({.confidence = -0.1F}));
    EXPECT_TRUE(refused({.confidence = std::nanf("")}));
    EXPECT_TRUE(refused({.iou = 1.5F}));
    EXPECT_TRUE(refused({.max_detections = 0}));
    EXPECT_TRUE(refused({.classes = {0, 3}}));
    EXPECT_TRUE(refused({.classes = {-1}}));
}

TEST(HostDetector, ANetworkItCannotServeIsRefused) {
    model::ModelSpec spec = FakeBackend::spec();
    spec.layout = model::HeadLayout::rows;  // contradicts the output's shape
    auto made = HostDetector::create(std::make_unique<FakeBackend>(64, 64, 1, 1), spec, "fake", {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace saccade::detect
