#include "tracker_contract.h"

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "scene.h"

namespace saccade::track {
namespace {

using test::pts_of;
using test::Scene;

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float inf_value = std::numeric_limits<float>::infinity();

/// Which of `truth` a track is on, by overlap.
int object_under(const Track& track, const std::vector<Detection>& truth) {
    int best = -1;
    float most = 0.5F;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (const float o = iou(track.raw_box, truth[i].box); o > most) {
            most = o;
            best = static_cast<int>(i);
        }
    }
    return best;
}

TEST_P(TrackerContract, FollowsOneObjectWithOneIdentity) {
    auto tracker = make();
    std::set<std::int64_t> ids;
    int reported = 0;
    for (std::size_t f = 0; f < 90; ++f) {
        const float x = 100 + 3.0F * static_cast<float>(f);
        const Detection d{{x, 200, x + 50, 320}, 0.9F, 4};
        for (const Track& t : update(*tracker, {d}, pts_of(f))) {
            ids.insert(t.id);
            ++reported;
            EXPECT_EQ(t.raw_box, d.box);
            EXPECT_EQ(t.class_id, 4);
            EXPECT_EQ(t.score, 0.9F);
            EXPECT_EQ(t.detection, 0);
            EXPECT_EQ(t.state, TrackState::confirmed);
            EXPECT_EQ(t.age, f);
            if (f > 30) {
                EXPECT_GT(iou(t.box, d.box), 0.9F);
                EXPECT_NEAR(t.velocity_x, 90, 5);  // 3 px in 1/30 s
                EXPECT_NEAR(t.velocity_y, 0, 5);
            }
        }
    }
    EXPECT_EQ(ids, std::set<std::int64_t>{1});
    EXPECT_GE(reported, 87);  // three at most before it is believed
}

TEST_P(TrackerContract, TimeIsNotAFrameRate) {
    for (const double rate : {10.0, 60.0, 1000.0}) {
        auto tracker = make();
        std::vector<Track> tracks;
        for (std::size_t f = 0; f < static_cast<std::size_t>(3 * rate); ++f) {
            const float x = 100 + 90.0F * static_cast<float>(static_cast<double>(f) / rate);
            tracks = update(*tracker, {{{x, 200, x + 50, 320}, 0.9F, 0}}, pts_of(f, rate));
        }
        ASSERT_EQ(tracks.size(), 1U) << rate;
        EXPECT_EQ(tracks[0].id, 1) << rate;
        EXPECT_NEAR(tracks[0].velocity_x, 90, 9) << rate;
    }
}

TEST_P(TrackerContract, SameInputSameOutput) {
    const Scene scene(40, 3);
    auto a = make(), b = make();
    for (std::size_t f = 0; f < 60; ++f) {
        auto seen = scene.at(static_cast<double>(f) / 30);
        for (std::size_t i = f % 7; i < seen.size(); i += 7) seen[i].score = 0.2F;
        EXPECT_EQ(update(*a, seen, pts_of(f)), update(*b, seen, pts_of(f)));
    }
}

TEST_P(TrackerContract, ReportsEachObjectOnceByAscendingId) {
    const Scene scene(80, 4);
    auto tracker = make();
    for (std::size_t f = 0; f < 60; ++f) {
        const auto tracks = update(*tracker, scene.at(static_cast<double>(f) / 30), pts_of(f));
        std::set<int> used;
        std::int64_t last = 0;
        for (const Track& t : tracks) {
            EXPECT_GT(t.id, last);
            last = t.id;
            ASSERT_GE(t.detection, 0);
            EXPECT_TRUE(used.insert(t.detection).second) << "detection used twice";
        }
    }
}

TEST_P(TrackerContract, ResetForgetsObjectsButNotIds) {
    const Scene scene(10, 2);
    auto tracker = make();
    std::set<std::int64_t> before, after;
    for (std::size_t f = 0; f < 20; ++f) {
        for (const Track& t : update(*tracker, scene.at(static_cast<double>(f) / 30), pts_of(f))) {
            before.insert(t.id);
        }
    }
    tracker->reset();
    EXPECT_TRUE(update(*tracker, {}, pts_of(0)).empty());  // an earlier time is fine now
    for (std::size_t f = 1; f < 20; ++f) {
        for (const Track& t : update(*tracker, scene.at(static_cast<double>(f) / 30), pts_of(f))) {
            after.insert(t.id);
        }
    }
    ASSERT_FALSE(before.empty());
    ASSERT_FALSE(after.empty());
    EXPECT_GT(*after.begin(), *before.rbegin());
}

TEST_P(TrackerContract, IdsAreNeverUsedTwice) {
    auto tracker = make();
    std::map<std::int64_t, int> episode_of;
    for (int episode = 0; episode < 8; ++episode) {  // 1 s seen, 5 s away, elsewhere again
        for (int f = 0; f < 30; ++f) {
            const float x = 100.0F * static_cast<float>(episode);
            const auto tracks = update(*tracker, {{{x, 50, x + 60, 170}, 0.9F, 0}},
                                       pts_of(static_cast<std::size_t>(episode * 180 + f)));
            for (const Track& t : tracks) {
                EXPECT_EQ(episode_of.emplace(t.id, episode).first->second, episode);
            }
        }
        for (int f = 30; f < 180; ++f) {
            EXPECT_TRUE(
                update(*tracker, {}, pts_of(static_cast<std::size_t>(episode * 180 + f))).empty());
        }
    }
    EXPECT_EQ(episode_of.size(), 8U);
}

TEST_P(TrackerContract, EmptyFramesBeforeBetweenAndAfter) {
    auto tracker = make();
    for (std::size_t f = 0; f < 200; ++f) EXPECT_TRUE(update(*tracker, {}, pts_of(f)).empty());
    const Detection d{{10, 10, 60, 110}, 0.9F, 0};
    std::vector<Track> tracks;
    for (std::size_t f = 200; f < 210; ++f) tracks = update(*tracker, {d}, pts_of(f));
    EXPECT_EQ(tracks.size(), 1U);
    for (std::size_t f = 210; f < 400; ++f) EXPECT_TRUE(update(*tracker, {}, pts_of(f)).empty());
}

TEST_P(TrackerContract, ImpossibleBoxesAreNotFollowed) {
    const std::vector<Detection> bad = {
        {{nan_value, 0, 10, 10}, 0.9F, 0}, {{0, nan_value, 10, 10}, 0.9F, 0},
        {{0, 0, nan_value, 10}, 0.9F, 0},  {{0, 0, 10, nan_value}, 0.9F, 0},
        {{0, 0, inf_value, 10}, 0.9F, 0},  {{-inf_value, 0, 10, 10}, 0.9F, 0},
        {{5, 5, 5, 50}, 0.9F, 0},          {{5, 5, 50, 5}, 0.9F, 0},
        {{50, 5, 5, 50}, 0.9F, 0},         {{5, 50, 50, 5}, 0.9F, 0},
        {{0, 0, 10, 10}, nan_value, 0},    {{-3e38F, -3e38F, 3e38F, 3e38F}, 0.9F, 0},
        {{0, 0, 1e-30F, 1e-30F}, 0.9F, 0},
    };
    auto tracker = make();
    const Detection good{{300, 300, 360, 420}, 0.9F, 0};
    std::vector<Detection> all = bad;
    all.push_back(good);
    std::vector<Track> tracks;
    for (std::size_t f = 0; f < 20; ++f) tracks = update(*tracker, all, pts_of(f));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].raw_box, good.box);
    EXPECT_EQ(tracks[0].detection, static_cast<int>(bad.size()));
    EXPECT_EQ(tracks[0].id, 1);
}

TEST_P(TrackerContract, ExtremeBoxesKeepEverythingFinite) {
    auto tracker = make({.report_tentative = true, .report_lost = true});
    const std::vector<Detection> extreme = {{{0, 0, 1e18F, 1e18F}, 0.9F, 0},
                                            {{-1e18F, -1e18F, -0.9e18F, -0.8e18F}, 1.0F, 0},
                                            {{0, 0, 1e-10F, 1e-10F}, 0.9F, 0},
                                            {{0, 0, 1e18F, 1e-10F}, 0.9F, 0},
                                            {{0, 0, 1e-10F, 1e18F}, 0.9F, 0}};
    for (std::size_t f = 0; f < 100; ++f) {
        for (const Track& t :
             update(*tracker, f % 3 == 2 ? std::vector<Detection>{} : extreme, pts_of(f))) {
            for (const float v :
                 {t.box.x1, t.box.y1, t.box.x2, t.box.y2, t.velocity_x, t.velocity_y}) {
                EXPECT_TRUE(std::isfinite(v));
            }
        }
    }
}

TEST_P(TrackerContract, TimeBackwardsIsRefusedAndChangesNothing) {
    const Scene scene(12, 6);
    auto a = make(), b = make();
    for (std::size_t f = 0; f < 30; ++f) {
        const auto seen = scene.at(static_cast<double>(f) / 30);
        if (f > 0) {
            std::vector<Track> tracks(1);
            Observation o;
            o.detections = seen;
            o.pts = pts_of(f - 1) - Timestamp(1);
            const auto refused = a->update(o, tracks);
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
        }
        EXPECT_EQ(update(*a, seen, pts_of(f)), update(*b, seen, pts_of(f)));
    }
}

TEST_P(TrackerContract, StandingTimeIsAccepted) {
    auto tracker = make();
    std::vector<Track> tracks;
    for (int f = 0; f < 10; ++f) {
        tracks = update(*tracker, {{{10, 10, 60, 110}, 0.9F, 0}}, Timestamp(5));
    }
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
}

TEST_P(TrackerContract, FollowsAThousandObjects) {
    const int objects = 1000;
    auto tracker = make();
    std::vector<Track> tracks;
    std::vector<Detection> seen;
    for (std::size_t f = 0; f < 20; ++f) {
        seen.clear();
        for (int i = 0; i < objects; ++i) {  // a grid whose rows drift
            const float x = 60.0F * static_cast<float>(i % 40) + static_cast<float>(f);
            const float y = 60.0F * static_cast<float>(i / 40);
            seen.push_back({{x, y, x + 40, y + 50}, 0.9F, 0});
        }
        tracks = update(*tracker, seen, pts_of(f));
    }
    ASSERT_EQ(tracks.size(), 1000U);
    for (const Track& t : tracks) EXPECT_EQ(t.detection, t.id - 1);
}

TEST_P(TrackerContract, ASecondWithoutFramesDoesNotBreakIt) {
    auto tracker = make();
    const Detection d{{100, 100, 160, 240}, 0.9F, 0};
    for (std::size_t f = 0; f < 10; ++f) update(*tracker, {d}, pts_of(f));
    std::vector<Track> tracks;
    for (std::size_t f = 0; f < 10; ++f) tracks = update(*tracker, {d}, pts_of(f + 1000));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_GT(iou(tracks[0].box, d.box), 0.9F);
}

TEST_P(TrackerContract, ClassAwareTracksKeepTheirClass) {
    const auto switch_class = [&](bool aware) {
        auto tracker = make({.class_aware = aware});
        std::vector<Track> tracks;
        for (std::size_t f = 0; f < 40; ++f) {
            tracks = update(*tracker, {{{100, 100, 160, 240}, 0.9F, f < 20 ? 2 : 7}}, pts_of(f));
        }
        return tracks;
    };
    const auto aware = switch_class(true), blind = switch_class(false);
    ASSERT_EQ(aware.size(), 1U);
    ASSERT_EQ(blind.size(), 1U);
    EXPECT_EQ(aware[0].id, 2);
    EXPECT_EQ(blind[0].id, 1);
    EXPECT_EQ(blind[0].class_id, 7);
}

TEST_P(TrackerContract, ReportsTentativeAndLostOnRequest) {
    auto tracker = make({.lost_seconds = 1.0, .report_tentative = true, .report_lost = true});
    const Detection d{{100, 100, 160, 240}, 0.9F, 0};
    for (std::size_t f = 0; f < 5; ++f) update(*tracker, {}, pts_of(f));
    auto tracks = update(*tracker, {d}, pts_of(5));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].state, TrackState::tentative);
    for (std::size_t f = 6; f < 12; ++f) tracks = update(*tracker, {d}, pts_of(f));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].state, TrackState::confirmed);
    tracks = update(*tracker, {}, pts_of(12));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].state, TrackState::lost);
    EXPECT_EQ(tracks[0].detection, -1);
    EXPECT_EQ(tracks[0].raw_box, tracks[0].box);
    for (std::size_t f = 13; f < 45; ++f) tracks = update(*tracker, {}, pts_of(f));
    EXPECT_TRUE(tracks.empty());  // 1 s is over
}

TEST_P(TrackerContract, EverySecondFrameLosesLittle) {
    const Scene scene(25, 9);
    const auto changes = [&](std::size_t every) {
        auto tracker = make();
        std::map<int, std::int64_t> id_of;
        int switches = 0;
        for (std::size_t f = 0; f < 300; f += every) {
            const auto truth = scene.at(static_cast<double>(f) / 30);
            for (const Track& t : update(*tracker, truth, pts_of(f))) {
                const int object = object_under(t, truth);
                if (object < 0) continue;
                const auto [at, fresh] = id_of.emplace(object, t.id);
                if (!fresh && at->second != t.id) ++switches;
                at->second = t.id;
            }
        }
        EXPECT_GE(id_of.size(), 24U);
        return switches;
    };
    EXPECT_LE(changes(2), changes(1) + 4);
}

INSTANTIATE_TEST_SUITE_P(All, TrackerContract, ::testing::ValuesIn(tracker_names()), name_of);

}  // namespace
}  // namespace saccade::track
