#include "eval/clear.h"

#include <gtest/gtest.h>

#include <array>

#include "scene.h"

namespace saccade::eval {
namespace {

using test::Scene;

TEST(Clear, ASplitTrackIsOneSwitchAndNoFragment) {
    const ClearScore s = evaluate_clear(test::split_track().prepare());
    EXPECT_EQ(s.switches, 1);
    EXPECT_EQ(s.fragmentations, 0);
    EXPECT_DOUBLE_EQ(s.mota, 0.9);
    EXPECT_DOUBLE_EQ(s.moda, 1);
    EXPECT_EQ(s.mostly_tracked, 1);
}

TEST(Clear, CountsMissesFalseBoxesAndOverlap) {
    const ClearScore s = evaluate_clear(Scene(2)
                                            .truth(1, 1, 0)
                                            .truth(1, 2, 50)
                                            .truth(2, 1, 0)
                                            .truth(2, 2, 50)
                                            .track(1, 1, 0, 8)
                                            .track(1, 7, 200)
                                            .track(2, 1, 0)
                                            .track(2, 2, 50, 4.9)  // too little overlap
                                            .prepare());
    EXPECT_EQ(s.true_positives, 2);
    EXPECT_EQ(s.false_negatives, 2);
    EXPECT_EQ(s.false_positives, 2);
    EXPECT_DOUBLE_EQ(s.motp, 0.9);
    EXPECT_DOUBLE_EQ(s.mota, 0);
    EXPECT_DOUBLE_EQ(s.precision, 0.5);
    EXPECT_DOUBLE_EQ(s.false_positives_per_frame, 1);
}

TEST(Clear, APairGoesOnEvenIfAnotherFitsBetter) {
    const ClearScore s = evaluate_clear(Scene(2)
                                            .truth(1, 1, 0)
                                            .track(1, 1, 0)
                                            .truth(2, 1, 0)
                                            .track(2, 1, 0, 6)
                                            .track(2, 2, 0)
                                            .prepare());
    EXPECT_EQ(s.switches, 0);
    EXPECT_DOUBLE_EQ(s.iou_sum, 1.6);
}

TEST(Clear, AnotherIdAfterAGapIsASwitchAndAFragment) {
    Scene scene(5);
    for (const int f : {1, 2, 4, 5}) scene.truth(f, 1, 0).track(f, f < 3 ? 1 : 2, 0);
    scene.truth(3, 1, 0).track(3, 9, 500);
    const ClearScore s = evaluate_clear(scene.prepare());
    EXPECT_EQ(s.switches, 1);
    EXPECT_EQ(s.fragmentations, 1);
}

TEST(Clear, PeopleAreTrackedMostlyPartlyOrNot) {
    Scene scene(10);
    // Matched in 9, 8, 2 and 1 of 10 frames: 80 % is not yet mostly, 20 % is partly.
    const std::array matched{9, 8, 2, 1};
    for (int f = 1; f <= 10; ++f) {
        for (int id = 0; id < 4; ++id) {
            scene.truth(f, id + 1, 100 * id);
            if (f <= matched[static_cast<std::size_t>(id)]) scene.track(f, id + 1, 100 * id);
        }
        scene.track(f, 99, 5000);
    }
    const ClearScore s = evaluate_clear(scene.prepare());
    EXPECT_EQ(s.mostly_tracked, 1);
    EXPECT_EQ(s.partly_tracked, 2);
    EXPECT_EQ(s.mostly_lost, 1);
    EXPECT_DOUBLE_EQ(s.partly_tracked_ratio, 0.5);
}

TEST(Clear, CombineAddsTheCounts) {
    const std::array scores{evaluate_clear(test::split_track().prepare()),
                            evaluate_clear(Scene(3).truth(1, 1, 0).truth(2, 1, 0).prepare())};
    const ClearScore all = combine(scores);
    EXPECT_EQ(all.false_negatives, 2);
    EXPECT_DOUBLE_EQ(all.mota, (10 - 1) / 12.0);
    EXPECT_EQ(all.mostly_lost, 1);
}

}  // namespace
}  // namespace saccade::eval
