#include "track/botsort/botsort.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace saccade::track {
namespace {

Timestamp frame_time(int f) {
    return Timestamp(f * 1'000'000'000LL / 30);
}
Detection at(float x) {
    return {{x, 100, x + 50, 220}, 0.9F, 0};
}

struct Frame {
    std::vector<Detection> detections;
    std::optional<CameraMotion> motion;
    std::vector<float> embeddings;
};

std::vector<Track> step(Tracker& tracker, int frame, const Frame& f) {
    std::vector<Track> tracks;
    EXPECT_TRUE(tracker.update({f.detections, frame_time(frame), f.motion, f.embeddings}, tracks));
    return tracks;
}

TEST(BotSort, CameraMotionKeepsIdentitiesThroughAJump) {
    for (const bool told : {true, false}) {
        BotSort tracker(BotSortOptions{});
        for (int f = 0; f < 10; ++f) step(tracker, f, {{at(100), at(300)}, {}, {}});
        std::optional<CameraMotion> motion;
        if (told) motion = CameraMotion{1, 0, 200, 0, 1, 0};  // the picture jumps by 200 px
        auto tracks = step(tracker, 10, {{at(300), at(500)}, motion, {}});
        ASSERT_GE(tracks.size(), 1U);
        // Without being told, the one who now stands where the other stood is taken for it.
        EXPECT_EQ(tracks[0].id, told ? 1 : 2);
        EXPECT_EQ(tracks[0].detection, 0);
        EXPECT_EQ(tracks.size(), told ? 2U : 1U);
    }
}

TEST(BotSort, AppearanceDecidesWhereOverlapIsEqual) {
    const std::vector<float> red = {1, 0, 0}, blue = {0, 3, 0};
    const auto both = [](const std::vector<float>& a, const std::vector<float>& b) {
        std::vector<float> all = a;
        all.insert(all.end(), b.begin(), b.end());
        return all;
    };
    BotSort tracker(BotSortOptions{});
    for (int f = 0; f < 10; ++f) step(tracker, f, {{at(100), at(120)}, {}, both(red, blue)});
    // They swap places in one frame; overlap alone would swap the identities.
    const auto tracks = step(tracker, 10, {{at(106), at(114)}, {}, both(blue, red)});
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_EQ(tracks[0].id, 1);
    EXPECT_EQ(tracks[0].detection, 1);
    EXPECT_EQ(tracks[1].detection, 0);
}

TEST(BotSort, EmbeddingsMustFitTheDetections) {
    BotSort tracker(BotSortOptions{});
    std::vector<Track> tracks;
    const std::vector<Detection> two = {at(100), at(300)};
    const std::vector<float> three(3);
    for (const auto& detections : {two, std::vector<Detection>{}}) {
        const auto refused = tracker.update({detections, frame_time(0), {}, three}, tracks);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    }
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    for (const CameraMotion& bad :
         {CameraMotion{nan, 0, 0, 0, 1, 0}, CameraMotion{0, 0, 0, 0, 0, 0},
          CameraMotion{1, 0, nan, 0, 1, 0}}) {
        const auto refused = tracker.update({two, frame_time(0), bad, {}}, tracks);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
    }
    EXPECT_EQ(step(tracker, 0, {two, {}, {}}).size(), 2U);
}

TEST(AppearanceStore, KeepsAMovingAverageOfDirections) {
    AppearanceStore store;
    store.set_dimension(2);
    const int slot = store.acquire();
    const std::vector<float> right = {5, 0}, up = {0, 2}, left = {-1, 0}, none = {0, 0};
    EXPECT_EQ(store.distance(slot, right), 1);  // nothing seen yet
    store.see(slot, right);
    EXPECT_NEAR(store.distance(slot, right), 0, 1e-6);
    EXPECT_NEAR(store.distance(slot, up), 0.5, 1e-6);
    EXPECT_NEAR(store.distance(slot, left), 1, 1e-6);
    EXPECT_EQ(store.distance(slot, none), 1);
    store.see(slot, none);
    EXPECT_NEAR(store.distance(slot, right), 0, 1e-6);
    store.see(slot, up);  // 0.9 right + 0.1 up
    EXPECT_NEAR(store.distance(slot, right), 0.5 * (1 - 0.9 / std::hypot(0.9, 0.1)), 1e-6);
    store.release(slot);
    EXPECT_EQ(store.acquire(), slot);
    EXPECT_EQ(store.distance(slot, right), 1);
    store.see(slot, right);
    store.set_dimension(3);
    EXPECT_EQ(store.distance(slot, std::vector<float>{1, 0, 0}), 1);
}

}  // namespace
}  // namespace saccade::track
