#include "track/bytetrack/bytetrack.h"

#include <gtest/gtest.h>

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

Detection at(float x, float score) {
    return {{x, 100, x + 50, 220}, score, 0};
}

TEST(ByteTrack, UnsureDetectionsKeepATrackButStartNone) {
    ByteTrack tracker(TwoStageOptions{});
    EXPECT_TRUE(step(tracker, 0, {at(400, 0.3F)}).empty());
    step(tracker, 1, {at(100, 0.9F)});
    ASSERT_EQ(step(tracker, 2, {at(100, 0.9F)}).size(), 1U);
    for (int f = 3; f < 20; ++f) {
        const auto tracks = step(tracker, f, {at(100, 0.2F), at(400, 0.3F)});
        ASSERT_EQ(tracks.size(), 1U);
        EXPECT_EQ(tracks[0].detection, 0);
        EXPECT_EQ(tracks[0].score, 0.2F);
    }
    EXPECT_TRUE(step(tracker, 20, {at(100, 0.05F)}).empty());  // that is noise
}

TEST(ByteTrack, UnsureDetectionsDoNotBringBackALostTrack) {
    ByteTrack tracker(TwoStageOptions{});
    step(tracker, 0, {at(100, 0.9F)});
    step(tracker, 1, {});
    EXPECT_TRUE(step(tracker, 2, {at(100, 0.3F)}).empty());
    const auto tracks = step(tracker, 3, {at(100, 0.9F)});
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
}

TEST(ByteTrack, BelievesTheFirstFrameAtOnceAndLaterOnesTheSecondTime) {
    ByteTrack tracker(TwoStageOptions{});
    EXPECT_EQ(step(tracker, 0, {at(100, 0.9F)}).size(), 1U);
    EXPECT_EQ(step(tracker, 1, {at(100, 0.9F), at(400, 0.9F)}).size(), 1U);
    EXPECT_EQ(step(tracker, 2, {at(100, 0.9F), at(400, 0.9F)}).size(), 2U);
    // Seen once and not at once again: forgotten, so the next sight is a first one.
    step(tracker, 3, {at(100, 0.9F), at(700, 0.9F)});
    step(tracker, 4, {at(100, 0.9F)});
    EXPECT_EQ(step(tracker, 5, {at(100, 0.9F), at(700, 0.9F)}).size(), 1U);
}

TEST(ByteTrack, WaitsForSecondsNotForFrames) {
    for (const int frames_apart : {1, 3, 10}) {
        for (const auto& [away, kept] : {std::pair{25, true}, {40, false}}) {
            ByteTrack tracker(TwoStageOptions{});
            for (int f = 0; f <= 30; f += frames_apart) step(tracker, f, {at(100, 0.9F)});
            int f = 30 + frames_apart;
            for (; f < 30 + away; f += frames_apart) step(tracker, f, {});
            const auto tracks = step(tracker, f, {at(100, 0.9F)});
            EXPECT_EQ(tracks.size() == 1, kept) << frames_apart << " " << away;
        }
    }
}

TEST(ByteTrack, ScoreFusionPrefersTheSurerOfTwo) {
    const std::vector<Detection> two = {at(104, 0.55F), at(110, 0.99F)};
    for (const bool fuse : {true, false}) {
        ByteTrack tracker({.fuse_score = fuse});
        step(tracker, 0, {at(100, 0.9F)});
        const auto tracks = step(tracker, 1, two);
        ASSERT_GE(tracks.size(), 1U);
        EXPECT_EQ(tracks[0].detection, fuse ? 1 : 0);
    }
}

TEST(ByteTrack, OfASeenAndALostTrackAtOnePlaceTheOlderStays) {
    // A second detection of the object lives for 10 frames; the first is then missed once, so that
    // its lost track meets the second one's.
    ByteTrack tracker({.reporting = {.tentative = true, .lost = true}});
    for (int f = 0; f < 20; ++f) step(tracker, f, {at(100, 0.9F)});
    step(tracker, 20, {at(100, 0.9F), at(130, 0.9F)});
    step(tracker, 21, {at(100, 0.9F), at(120, 0.9F)});
    step(tracker, 22, {at(100, 0.9F), at(112, 0.9F)});
    step(tracker, 23, {at(100, 0.9F), at(106, 0.9F)});
    std::vector<Track> tracks;
    for (int f = 24; f < 40; ++f) tracks = step(tracker, f, {at(100, 0.9F)});
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
}

}  // namespace
}  // namespace saccade::track
