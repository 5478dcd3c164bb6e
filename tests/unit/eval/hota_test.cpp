#include "eval/hota.h"

#include <gtest/gtest.h>

#include <cmath>

#include "scene.h"

namespace saccade::eval {
namespace {

using test::Scene;

TEST(Hota, ASplitTrackHalvesAssociationAlone) {
    const HotaScore s = evaluate_hota(test::split_track().prepare());
    for (std::size_t a = 0; a < hota_thresholds; ++a) {
        EXPECT_DOUBLE_EQ(s.det_a[a], 1);
        EXPECT_DOUBLE_EQ(s.ass_a[a], 0.5);  // each match: 5 boxes in common of 10
        EXPECT_DOUBLE_EQ(s.ass_recall[a], 0.5);
        EXPECT_DOUBLE_EQ(s.ass_precision[a], 1);
        EXPECT_DOUBLE_EQ(s.hota[a], std::sqrt(0.5));
        EXPECT_DOUBLE_EQ(s.loc_a[a], 1);
    }
}

TEST(Hota, AnOverlapCountsUpToItsAlpha) {
    const HotaScore s = evaluate_hota(Scene(1).truth(1, 1, 0).track(1, 1, 0, 6.2).prepare());
    EXPECT_NEAR(mean(s.hota), 12.0 / 19, 1e-12);  // 0.05 to 0.60
    EXPECT_NEAR(mean(s.loc_a), (12 * 0.62 + 7) / 19, 1e-12);
    EXPECT_EQ(s.false_negatives[0], 0);
    EXPECT_EQ(s.false_negatives[12], 1);
    EXPECT_EQ(s.false_positives[12], 1);
}

TEST(Hota, MatchesTheTrackThatFollowsTheLongest) {
    // In frame 1 track 2 fits better, but track 1 is the one that stays.
    Scene scene(5);
    scene.truth(1, 1, 0).track(1, 1, 0, 8).track(1, 2, 0, 9);
    for (int f = 2; f <= 5; ++f) scene.truth(f, 1, 0).track(f, 1, 0);
    const HotaScore s = evaluate_hota(scene.prepare());
    EXPECT_DOUBLE_EQ(s.ass_a[0], 1);
    EXPECT_DOUBLE_EQ(s.det_a[0], 5.0 / 6);
}

TEST(Hota, WithoutTracksOrTruthOnlyTheCountsAreLeft) {
    const HotaScore missed = evaluate_hota(Scene(2).truth(1, 1, 0).truth(2, 1, 0).prepare());
    EXPECT_EQ(missed.false_negatives[3], 2);
    EXPECT_EQ(mean(missed.hota), 0);
    EXPECT_EQ(mean(missed.loc_a), 1);
    const HotaScore invented = evaluate_hota(Scene(2).track(1, 1, 0).prepare());
    EXPECT_EQ(invented.false_positives[3], 1);
    EXPECT_EQ(mean(invented.det_a), 0);
}

TEST(Hota, CombinesByCountsAndNotByMeans) {
    Scene other(30);
    for (int f = 1; f <= 30; ++f) other.truth(f, 1, 0).track(f, 1, 0);
    const std::array scores{evaluate_hota(test::split_track().prepare()),
                            evaluate_hota(other.prepare()),
                            evaluate_hota(Scene(1).truth(1, 1, 0).prepare())};
    const HotaScore all = combine(scores);
    EXPECT_DOUBLE_EQ(all.ass_a[0], (10 * 0.5 + 30 * 1.0) / 40);
    EXPECT_DOUBLE_EQ(all.det_a[0], 40.0 / 41);
}

}  // namespace
}  // namespace saccade::eval
