#include "eval/identity.h"

#include <gtest/gtest.h>

#include <array>

#include "scene.h"

namespace saccade::eval {
namespace {

using test::Scene;

TEST(Identity, ASplitTrackCountsForOneOfItsHalves) {
    const IdentityScore s = evaluate_identity(test::split_track().prepare());
    EXPECT_EQ(s.true_positives, 5);
    EXPECT_EQ(s.false_negatives, 5);
    EXPECT_EQ(s.false_positives, 5);
    EXPECT_DOUBLE_EQ(s.f1, 0.5);
}

TEST(Identity, GivesTracksOutForTheBestSum) {
    // Track 1 is on person 1 for 4 frames and on person 2 for 3; track 2 is on person 1 for 3. The
    // greedy choice 1-1 gives 4, the best 1-2 and 2-1 gives 6.
    Scene scene(10);
    for (int f = 1; f <= 4; ++f) scene.truth(f, 1, 0).track(f, 1, 0);
    for (int f = 5; f <= 7; ++f) scene.truth(f, 2, 50).track(f, 1, 50);
    for (int f = 8; f <= 10; ++f) scene.truth(f, 1, 0).track(f, 2, 0);
    const IdentityScore s = evaluate_identity(scene.prepare());
    EXPECT_EQ(s.true_positives, 6);
    EXPECT_DOUBLE_EQ(s.recall, 0.6);
}

TEST(Identity, ThresholdIsOneHalfAndIncludesIt) {
    EXPECT_EQ(evaluate_identity(Scene(1).truth(1, 1, 0).track(1, 1, 0, 5).prepare()).f1, 1);
    EXPECT_EQ(evaluate_identity(Scene(1).truth(1, 1, 0).track(1, 1, 0, 4.99).prepare()).f1, 0);
}

TEST(Identity, EmptySequencesAndCombination) {
    const std::array scores{evaluate_identity(test::split_track().prepare()),
                            evaluate_identity(Scene(1).truth(1, 1, 0).prepare()),
                            evaluate_identity(Scene(1).track(1, 1, 0).prepare()),
                            evaluate_identity(Scene(1).prepare())};
    EXPECT_EQ(scores[1].false_negatives, 1);
    EXPECT_EQ(scores[2].false_positives, 1);
    EXPECT_EQ(scores[3].f1, 0);
    EXPECT_DOUBLE_EQ(combine(scores).f1, 5 / (5 + 0.5 * 6 + 0.5 * 6));
}

}  // namespace
}  // namespace saccade::eval
