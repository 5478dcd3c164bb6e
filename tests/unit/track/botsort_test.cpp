#include "track/botsort/botsort.h"

#include <gtest/gtest.h>

#include <cmath>
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

/// A person who looks like `look` walks in at x = 100 for 10 frames and is away for 8 s.
std::int64_t visit(Tracker& tracker, int second, const std::vector<float>& look) {
    std::int64_t id = 0;
    for (int f = 0; f < 30 * 8; ++f) {
        const bool here = f < 10;
        const auto tracks = step(tracker, 30 * second + f,
                                 {here ? std::vector{at(100)} : std::vector<Detection>{},
                                  {},
                                  here ? look : std::vector<float>{}});
        if (here && !tracks.empty()) id = tracks.back().id;
    }
    return id;
}

TEST(BotSort, WhoComesBackIsKnownByLooksAsLongAsRemembered) {
    const std::vector<float> red = {1, 0.1F, 0}, reddish = {1, 0.3F, 0}, blue = {0, 0, 1};
    BotSort tracker({.remember_seconds = 20});
    const auto first = visit(tracker, 0, red);
    const auto other = visit(tracker, 8, blue);
    EXPECT_NE(first, other);
    EXPECT_EQ(visit(tracker, 16, reddish), first);
    EXPECT_EQ(visit(tracker, 24, blue), other);
    EXPECT_NE(visit(tracker, 100, reddish), first);  // more than 20 s later
    BotSort forgetful(BotSortOptions{});
    const auto before = visit(forgetful, 0, red);
    EXPECT_NE(visit(forgetful, 8, red), before);
}

TEST(BotSort, WhoLooksLikeTwoOfThemIsNeither) {
    const std::vector<float> a = {1, 0.3F, 0}, b = {1, 0, 0.3F}, between = {1, 0.3F, 0.3F};
    BotSort tracker({.remember_seconds = 60});
    const auto first = visit(tracker, 0, a);
    // b is like a, but not the same: it is taken for a where nobody else is known.
    EXPECT_EQ(visit(tracker, 8, b), first);
    BotSort second({.remember_seconds = 60});
    std::vector<float> both = a;
    both.insert(both.end(), b.begin(), b.end());
    for (int f = 0; f < 10; ++f) step(second, f, {{at(100), at(400)}, {}, both});
    for (int f = 10; f < 240; ++f) step(second, f, {});
    EXPECT_GT(visit(second, 8, between), 2);
}

TEST(BotSort, IdsThatComeBackAreReportedInOrder) {
    const std::vector<float> red = {1, 0, 0};
    const std::vector<float> green_red = {0, 1, 0, 1, 0, 0};
    BotSort tracker({.remember_seconds = 60});
    const auto first = visit(tracker, 0, red);
    std::vector<Track> tracks;
    for (int f = 0; f < 10; ++f) {
        tracks = step(tracker, 240 + f, {{at(600), at(100)}, {}, green_red});
    }
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_EQ(tracks[0].id, first);
    EXPECT_EQ(tracks[0].detection, 1);
    EXPECT_GT(tracks[1].id, first);
}

TEST(BotSort, ResetForgetsWhoLeft) {
    const std::vector<float> red = {1, 0, 0};
    BotSort tracker({.remember_seconds = 60});
    const auto first = visit(tracker, 0, red);
    tracker.reset();
    EXPECT_NE(visit(tracker, 8, red), first);
}

TEST(Gallery, HasALimit) {
    AppearanceStore store;
    store.set_dimension(2);
    Gallery gallery;
    const auto look = [&](float angle) {
        const int slot = store.acquire();
        store.see(slot, std::vector{std::cos(angle), std::sin(angle)});
        return slot;
    };
    const auto angle_of = [](std::size_t i) { return 6 * static_cast<float>(i) / 1200; };
    for (std::size_t i = 0; i < 1200; ++i) {
        gallery.remember({static_cast<std::int64_t>(i), 0, Timestamp(i), look(angle_of(i))}, store);
        EXPECT_LE(gallery.size(), Gallery::most);
    }
    EXPECT_EQ(gallery.size(), Gallery::most);
    const auto last = gallery.recall(0, look(angle_of(1199)), Timestamp(0), store);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->id, 1199);
    EXPECT_FALSE(gallery.recall(7, look(angle_of(600)), Timestamp(0), store));  // another class
    EXPECT_FALSE(gallery.recall(0, look(angle_of(10)), Timestamp(5000), store));
    EXPECT_EQ(gallery.size(), 0U);  // all left before that
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
