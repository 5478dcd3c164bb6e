#include "track/interpolate.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace saccade::track {
namespace {

using std::chrono::milliseconds;

Track seen(std::int64_t id, float x, std::uint32_t age) {
    const Box box{x, 10, x + 20, 60};
    return {.id = id,
            .box = box,
            .raw_box = box,
            .score = 0.9F,
            .class_id = 3,
            .age = age,
            .detection = 0};
}

FrameResult frame(std::uint64_t index, std::vector<Track> tracks = {}) {
    return {.id = {0, index}, .pts = milliseconds(100 * index), .tracks = std::move(tracks)};
}

TEST(GapFiller, FillsAGapOnAStraightLineInTime) {
    GapFiller filler(5);
    std::vector<FrameResult> out;
    filler.push(frame(0, {seen(1, 100, 7)}), out);
    auto late = frame(1);
    late.pts = milliseconds(150);  // not halfway between its neighbours
    filler.push(std::move(late), out);
    filler.push(frame(2), out);
    filler.push(frame(4, {seen(1, 140, 10)}), out);
    EXPECT_TRUE(out.empty());
    filler.flush(out);
    ASSERT_EQ(out.size(), 4U);
    ASSERT_EQ(out[1].tracks.size(), 1U);
    ASSERT_EQ(out[2].tracks.size(), 1U);
    const Track& a = out[1].tracks[0];
    EXPECT_EQ(a.id, 1);
    EXPECT_FLOAT_EQ(a.box.x1, 115);
    EXPECT_FLOAT_EQ(a.box.x2, 135);
    EXPECT_FLOAT_EQ(a.box.y2, 60);
    EXPECT_EQ(a.raw_box, a.box);
    EXPECT_EQ(a.state, TrackState::lost);
    EXPECT_EQ(a.age, 8U);
    EXPECT_EQ(a.detection, -1);
    EXPECT_EQ(a.class_id, 3);
    EXPECT_FLOAT_EQ(a.velocity_x, 100);
    EXPECT_FLOAT_EQ(a.velocity_y, 0);
    EXPECT_FLOAT_EQ(out[2].tracks[0].box.x1, 120);
}

TEST(GapFiller, FillsUpToTheLimitAndNotBeyond) {
    for (const std::size_t gap : {4U, 5U, 6U}) {
        GapFiller filler(5);
        std::vector<FrameResult> out;
        filler.push(frame(0, {seen(1, 0, 0)}), out);
        for (std::size_t i = 1; i <= gap; ++i) filler.push(frame(i), out);
        filler.push(frame(gap + 1, {seen(1, 50, 9)}), out);
        filler.flush(out);
        ASSERT_EQ(out.size(), gap + 2);
        for (std::size_t i = 1; i <= gap; ++i) {
            EXPECT_EQ(out[i].tracks.size(), gap <= 5 ? 1U : 0U) << gap << " " << i;
        }
    }
}

TEST(GapFiller, ReplacesTheGuessedBoxOfALostTrack) {
    GapFiller filler(5);
    std::vector<FrameResult> out;
    Track guess = seen(2, 500, 1);
    guess.state = TrackState::lost;
    filler.push(frame(0, {seen(1, 0, 3), seen(2, 0, 0), seen(9, 0, 0)}), out);
    filler.push(frame(1, {seen(1, 0, 4), guess, seen(9, 0, 1)}), out);
    filler.push(frame(2, {seen(1, 0, 5), seen(2, 20, 2), seen(9, 0, 2)}), out);
    filler.flush(out);
    ASSERT_EQ(out[1].tracks.size(), 3U);
    EXPECT_EQ(out[1].tracks[1].id, 2);
    EXPECT_FLOAT_EQ(out[1].tracks[1].box.x1, 10);
}

TEST(GapFiller, FramesOfOneTimeAreSpreadEvenly) {
    GapFiller filler(5);
    std::vector<FrameResult> out;
    for (std::uint64_t i = 0; i < 3; ++i) {
        auto f = frame(i);
        f.pts = milliseconds(7);
        if (i != 1) f.tracks = {seen(1, static_cast<float>(10 * i), 0)};
        filler.push(std::move(f), out);
    }
    filler.flush(out);
    ASSERT_EQ(out[1].tracks.size(), 1U);
    EXPECT_FLOAT_EQ(out[1].tracks[0].box.x1, 10);
    EXPECT_FLOAT_EQ(out[1].tracks[0].velocity_x, 0);
}

TEST(GapFiller, OrderAndDelayAreKeptAndEveryFrameComesOnce) {
    std::mt19937 random(3);
    for (const std::size_t limit : {0U, 1U, 20U}) {
        GapFiller filler(limit);
        std::vector<FrameResult> out;
        std::vector<std::set<std::int64_t>> given;
        for (std::uint64_t i = 0; i < 300; ++i) {
            std::vector<Track> tracks;
            given.emplace_back();
            for (std::int64_t id = 1; id <= 12; ++id) {
                if (random() % 3 == 0) continue;
                tracks.push_back(seen(id, static_cast<float>(i), 0));
                given.back().insert(id);
            }
            filler.push(frame(i, std::move(tracks)), out);
            EXPECT_EQ(out.size(), i + 1 > limit ? i + 1 - limit : 0);
        }
        filler.flush(out);
        ASSERT_EQ(out.size(), 300U);
        for (std::uint64_t i = 0; i < 300; ++i) {
            EXPECT_EQ(out[i].id.index, i);
            std::int64_t last = 0;
            for (const Track& t : out[i].tracks) {
                EXPECT_GT(t.id, last);
                last = t.id;
                EXPECT_EQ(t.state == TrackState::confirmed, given[i].contains(t.id));
                EXPECT_NEAR(t.box.x1, static_cast<float>(i), 1e-3);
            }
        }
    }
}

TEST(GapFiller, AFlushIsACut) {
    GapFiller filler(5);
    std::vector<FrameResult> out;
    filler.push(frame(0, {seen(1, 0, 0)}), out);
    filler.push(frame(1), out);
    filler.flush(out);
    filler.push(frame(2), out);
    filler.push(frame(3, {seen(1, 30, 3)}), out);
    filler.flush(out);
    ASSERT_EQ(out.size(), 4U);
    EXPECT_TRUE(out[1].tracks.empty());
    EXPECT_TRUE(out[2].tracks.empty());
}

}  // namespace
}  // namespace saccade::track
