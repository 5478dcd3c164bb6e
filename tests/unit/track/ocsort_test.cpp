#include "track/ocsort/ocsort.h"

#include <gtest/gtest.h>

#include <cmath>

namespace saccade::track {
namespace {

Timestamp frame_time(int f) {
    return Timestamp(f * 1'000'000'000LL / 30);
}

std::vector<Track> step(Tracker& tracker, int frame, const std::vector<Detection>& detections) {
    std::vector<Track> tracks;
    Observation o;
    o.detections = detections;
    o.pts = frame_time(frame);
    EXPECT_TRUE(tracker.update(o, tracks));
    return tracks;
}

Detection at(float x, float y = 100) {
    return {{x, y, x + 50, y + 120}, 0.9F, 0};
}

TEST(OcSort, ReUpdateTakesTheSpeedOfTheWayThatWasGone) {
    // Fast until it disappears, then slow: where it is found again tells its speed meanwhile.
    OcSort tracker(OcSortOptions{});
    for (int f = 0; f < 30; ++f) step(tracker, f, {at(100 + 4.0F * static_cast<float>(f))});
    for (int f = 30; f < 50; ++f) step(tracker, f, {});
    const auto tracks = step(tracker, 50, {at(100 + 4.0F * 29 + 21)});
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
    EXPECT_NEAR(tracks[0].velocity_x, 30, 15);  // 21 px in 0.7 s, not 120 px/s
}

TEST(OcSort, RecoversAnObjectThatStoppedWhileUnseen) {
    OcSort tracker(OcSortOptions{});
    for (int f = 0; f < 30; ++f) step(tracker, f, {at(100 + 6.0F * static_cast<float>(f))});
    for (int f = 30; f < 45; ++f) step(tracker, f, {});
    // The filter guesses 90 px on, without any overlap.
    const auto tracks = step(tracker, 45, {at(100 + 6.0F * 29)});
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
}

TEST(OcSort, MomentumDecidesBetweenEqualOverlaps) {
    // Two detections overlap the prediction alike; only one lies ahead. Without momentum the first
    // of equals would be taken.
    OcSort tracker({.min_hits = 1});
    for (int f = 0; f < 10; ++f) step(tracker, f, {at(100 + 5.0F * static_cast<float>(f))});
    const float predicted = 100 + 5.0F * 10;
    const std::vector<Detection> two = {at(predicted - 14), at(predicted + 13.9F)};
    const auto tracks = step(tracker, 10, two);
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_EQ(tracks[0].id, 1);
    EXPECT_EQ(tracks[0].detection, 1);
}

TEST(OcSort, ReportsTheObservationItself) {
    OcSort tracker(OcSortOptions{});
    for (int f = 0; f < 9; ++f) {
        const Detection d = at(100 + static_cast<float>(f * f));
        for (const Track& t : step(tracker, f, {d})) EXPECT_EQ(t.box, d.box);
    }
}

TEST(Observations, FindTheOldestWithinASpan) {
    Observations o(Box{0, 0, 1, 1}, frame_time(0));
    EXPECT_EQ(o.since(frame_time(5)).at, frame_time(0));
    for (int f = 1; f < 40; ++f) o.push(Box{0, 0, 1, 1}, frame_time(f));
    EXPECT_EQ(o.last().at, frame_time(39));
    EXPECT_EQ(o.since(frame_time(36)).at, frame_time(36));
    EXPECT_EQ(o.since(frame_time(0)).at, frame_time(24));  // it holds 16
}

}  // namespace
}  // namespace saccade::track
