#include "track/saccade/saccade.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <tuple>

#include "columns.h"
#include "track/registry.h"

namespace saccade::track {
namespace {

Box at(float x, float y, float h = 120) {
    return {x, y, x + 0.4F * h, y + h};
}

TEST(Consensus, IsTheMedianWayOfMostPairs) {
    Consensus consensus;
    const auto predicted =
        columns({at(100, 100), at(300, 100), at(500, 100), at(700, 100), at(900, 100)});
    // Three go by (8, -5), two have ways of their own, and one detection is new.
    const auto seen = columns({at(500 + 8, 95), at(100 + 8, 95), at(300 + 9, 95), at(700, 130),
                               at(900 - 10, 100), at(1500, 500)});
    const auto shift = consensus.shift(predicted, seen);
    ASSERT_TRUE(shift);
    // (8, -5), and the median of what is left is 1 px in the four pairs near it: 1 - 1 / (4 * 89)
    // of it.
    EXPECT_FLOAT_EQ(shift->x, 8 * (1 - 1 / 356.0F));
    EXPECT_FLOAT_EQ(shift->y, -5 * (1 - 1 / 356.0F));
}

TEST(Consensus, DoesNotShakeAStillCameraWithNoisyBoxes) {
    Consensus consensus;
    std::mt19937 random(3);
    const auto noise = [&] { return static_cast<float>(random() % 1000) / 100 - 5; };
    double believed = 0, raw = 0;
    for (int run = 0; run < 200; ++run) {
        std::vector<Box> predicted, still, jerked;
        std::vector<float> ways;
        for (int i = 0; i < 9; ++i) {
            const float x = 150.0F * static_cast<float>(i), way = noise();
            predicted.push_back(at(x, 100));
            still.push_back(at(x + way, 100 + noise()));
            jerked.push_back(
                {still.back().x1 + 20, still.back().y1, still.back().x2 + 20, still.back().y2});
            ways.push_back(way);
        }
        std::sort(ways.begin(), ways.end());
        raw += std::abs(ways[4]);
        if (const auto shift = consensus.shift(columns(predicted), columns(still))) {
            believed += std::abs(shift->x);
        }
        const auto jerk = consensus.shift(columns(predicted), columns(jerked));
        ASSERT_TRUE(jerk);
        EXPECT_NEAR(jerk->x, 20 + ways[4], 1);  // what stands out is believed as it is
    }
    EXPECT_LT(believed, 0.7 * raw);
}

TEST(Consensus, ACrowdIsHeardByItsSpeakers) {
    Consensus consensus;
    std::vector<Box> predicted, seen;
    for (int i = 0; i < 1000; ++i) {
        const float x = 60.0F * static_cast<float>(i % 40), y = 130.0F * static_cast<float>(i / 40);
        predicted.push_back(at(x, y));
        seen.push_back(at(x + 9, y - 4));
    }
    const auto shift = consensus.shift(columns(predicted), columns(seen));
    ASSERT_TRUE(shift);
    EXPECT_FLOAT_EQ(shift->x, 9);
    EXPECT_FLOAT_EQ(shift->y, -4);
}

TEST(Consensus, SaysNothingWithoutOne) {
    Consensus consensus;
    const auto four = columns({at(100, 100), at(300, 100), at(500, 100), at(700, 100)});
    EXPECT_TRUE(consensus.shift(four, four));
    EXPECT_FALSE(consensus.shift({}, four));
    EXPECT_FALSE(consensus.shift(four, {}));
    EXPECT_FALSE(consensus.shift(four, columns({at(108, 100), at(308, 100), at(508, 100)})));
    EXPECT_FALSE(
        consensus.shift(four, columns({at(130, 100), at(300, 160), at(480, 100), at(700, 50)})));
    EXPECT_FALSE(consensus.shift(
        four, columns({at(1100, 100), at(1300, 100), at(1500, 100), at(1700, 100)})));
}

TEST(Consensus, SeesATurnByMoreThanTheObjectsAreWide) {
    Consensus consensus;
    // A turning camera at 3 fps: everything is 150 px on, where no box overlaps itself any more.
    std::vector<Box> predicted, seen;
    for (int i = 0; i < 8; ++i) {
        const float x = 200.0F * static_cast<float>(i), y = 37.0F * static_cast<float>(i * i % 7);
        predicted.push_back(at(x, y, 100 + 5 * static_cast<float>(i)));
        if (i != 3) seen.push_back(at(x + 150, y + 2, 100 + 5 * static_cast<float>(i)));
    }
    const auto shift = consensus.shift(columns(predicted), columns(seen));
    ASSERT_TRUE(shift);
    EXPECT_FLOAT_EQ(shift->x, 150);
    EXPECT_FLOAT_EQ(shift->y, 2);
}

TEST(Consensus, DoesNotTakeOneBoxMoreForATurn) {
    Consensus consensus;
    // Three of eight stay where they are. Four are one place further, which chance may do.
    std::vector<Box> predicted, seen;
    for (int i = 0; i < 8; ++i) {
        const auto x = 300.0F * static_cast<float>(i);
        predicted.push_back(at(x, 100));
        if (i < 3) seen.push_back(at(x, 100));
        if (i > 3) seen.push_back(at(x + 100, 100));
    }
    EXPECT_FALSE(consensus.shift(columns(predicted), columns(seen)));
}

/// Whether an object is told of in its first frame, `step` seconds after the one before.
bool told_at_once(Tracker& tracker, double step, float score) {
    std::vector<Track> tracks;
    std::vector<Detection> seen{{at(100, 100), 0.9F, 0}};
    Observation o;
    o.detections = seen;
    EXPECT_TRUE(tracker.update(o, tracks));
    seen.push_back({at(500, 100), score, 0});
    o.detections = seen;
    o.pts = Timestamp(static_cast<Timestamp::rep>(1e9 * step));
    EXPECT_TRUE(tracker.update(o, tracks));
    return tracks.size() == 2;
}

TEST(Saccade, BelievesSureObjectsAtOnceWhereFramesAreSparse) {
    for (const auto& [step, score, told] : {std::tuple{1 / 30.0, 0.95F, false},
                                            {1 / 15.0, 0.95F, true},
                                            {1 / 15.0, 0.75F, false},
                                            {1 / 3.0, 0.85F, true}}) {
        const auto ours = make_tracker("saccade", {}).value();
        EXPECT_EQ(told_at_once(*ours, step, score), told) << step << " s, " << score;
        const auto plain = make_tracker("botsort", {}).value();  // as published
        EXPECT_FALSE(told_at_once(*plain, step, score));
    }
}

TEST(Saccade, KeepsIdentitiesThroughAJerkOfTheCamera) {
    // A crowd in depth; the picture jumps by more than half of the small ones' width, and back.
    std::mt19937 random(4);
    std::vector<Box> crowd;
    for (int i = 0; i < 12; ++i) {
        crowd.push_back(at(static_cast<float>(150 * i), static_cast<float>(random() % 300),
                           80.0F + 10.0F * static_cast<float>(i % 5)));
    }
    const auto changes = [&](Tracker& tracker) {
        int changed = 0;
        std::vector<std::int64_t> ids(crowd.size(), 0);
        for (int f = 0; f < 60; ++f) {
            const float jerk = f % 20 == 10 ? 28.0F : 0.0F;
            std::vector<Detection> seen;
            for (const Box& b : crowd) {
                seen.push_back({{b.x1 + jerk, b.y1, b.x2 + jerk, b.y2}, 0.9F, 0});
            }
            std::vector<Track> tracks;
            Observation o;
            o.detections = seen;
            o.pts = Timestamp(f * 1'000'000'000LL / 30);
            EXPECT_TRUE(tracker.update(o, tracks));
            for (std::size_t i = 0; i < crowd.size(); ++i) {
                std::int64_t id = 0;
                for (const Track& t : tracks) {
                    if (t.detection == static_cast<int>(i)) id = t.id;
                }
                changed += f > 0 && id != ids[i] ? 1 : 0;
                ids[i] = id;
            }
        }
        return changed;
    };
    Saccade ours({.stages = {.match_iou = 0.3F}});
    BotSort plain({.stages = {.match_iou = 0.3F}});
    EXPECT_EQ(changes(ours), 0);
    EXPECT_GT(changes(plain), 0);
}

/// How many people keep the identity that they had in their third frame, of a crowd that is seen
/// `rate` times a second for 6 s. They walk by their height in a second, in both directions.
int kept(Tracker& tracker, double rate) {
    std::vector<std::int64_t> first(8, 0);
    int same = 0;
    const int frames = static_cast<int>(6 * rate);
    for (int f = 0; f < frames; ++f) {
        const auto t = static_cast<float>(f / rate);
        std::vector<Detection> seen;
        for (int i = 0; i < 8; ++i) {
            const float way = (i % 2 == 0 ? 120.0F : -120.0F) * t;
            const auto place = static_cast<float>(i);
            seen.push_back({at(800 + 60 * place + way, 100 + 130 * place), 0.9F, 0});
        }
        std::vector<Track> tracks;
        Observation o;
        o.detections = seen;
        o.pts = Timestamp(static_cast<Timestamp::rep>(1e9 * f / rate));
        EXPECT_TRUE(tracker.update(o, tracks));
        for (const Track& track : tracks) {
            const auto i = static_cast<std::size_t>(track.detection);
            if (f == 2) first[i] = track.id;
            if (f == frames - 1 && track.id == first[i]) ++same;
        }
    }
    return same;
}

TEST(Saccade, FollowsWalkersAtThreeFramesASecond) {
    for (const double rate : {30.0, 15.0, 6.0, 3.0, 2.0}) {
        Saccade ours({.stages = {.unconfirmed_iou = 0.1F, .lost_seconds = 2}});
        EXPECT_EQ(kept(ours, rate), 8) << rate;
    }
    BotSort plain({.stages = {.lost_seconds = 2}});
    EXPECT_LT(kept(plain, 2), 8);
}

}  // namespace
}  // namespace saccade::track
