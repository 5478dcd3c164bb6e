#include "quantize/compare.h"

#include <gtest/gtest.h>

#include <vector>

namespace saccade::quantize {
namespace {

Detection at(float x, float score, int class_id = 0) {
    return {{x, 0, x + 10, 10}, score, class_id};
}
using Frames = std::vector<detect::Detections>;

TEST(Compare, EqualDetectionsLoseNothing) {
    const Frames a{{at(0, 0.9F), at(30, 0.3F)}, {}};
    const auto drift = compare(a, a);
    EXPECT_EQ(drift.f1_50, 1);
    EXPECT_EQ(drift.loss, 0);
    EXPECT_EQ(drift.score, 0);
    EXPECT_EQ(drift.box, 0);
    EXPECT_EQ(drift.frames, 2U);
    EXPECT_EQ(drift.reference, 2U);
}

TEST(Compare, NothingInCommonIsAllLost) {
    const auto drift = compare(Frames{{at(0, 0.9F)}}, Frames{{at(50, 0.9F)}});
    EXPECT_EQ(drift.f1_50, 0);
    EXPECT_DOUBLE_EQ(drift.loss, 1);
}

TEST(Compare, AnotherClassIsAnotherObject) {
    EXPECT_EQ(compare(Frames{{at(0, 0.9F, 1)}}, Frames{{at(0, 0.9F, 2)}}).f1_50, 0);
}

TEST(Compare, CountsWhatIsMissedAndWhatIsNew) {
    // Three of four are met, and one of four was not there.
    const Frames a{{at(0, 0.9F), at(20, 0.9F), at(40, 0.9F), at(60, 0.9F)}};
    const Frames b{{at(0, 0.9F), at(20, 0.9F), at(40, 0.9F), at(80, 0.9F)}};
    EXPECT_DOUBLE_EQ(compare(a, b).f1_50, 0.75);
}

TEST(Compare, APairALittleBelowTheThresholdIsNoLoss) {
    const Frames a{{at(0, 0.26F), at(20, 0.9F)}}, near{{at(20, 0.9F), at(0, 0.24F)}},
        far{{at(20, 0.9F), at(0, 0.14F)}};
    EXPECT_EQ(compare(a, near).f1_50, 1);
    EXPECT_LT(compare(a, near).strict_f1_50, 1);
    EXPECT_LT(compare(a, far).f1_50, 1);
}

TEST(Compare, TellsHowFarPairsAreApart) {
    // 8 of 12 px in common.
    const auto drift = compare(Frames{{at(0, 0.9F)}}, Frames{{at(2, 0.7F)}});
    EXPECT_NEAR(drift.score, 0.2, 1e-6);
    EXPECT_NEAR(drift.box, 1 - 8.0 / 12, 1e-6);
    EXPECT_EQ(drift.f1_50, 1);
    EXPECT_EQ(drift.f1_75, 0);
    EXPECT_GT(drift.loss, 0.2);
}

TEST(Compare, ShowsWhatOnlyOneOfThemFinds) {
    const detect::Detections before{at(0, 0.9F), at(20, 0.2F), at(40, 0.3F), at(60, 0.8F)};
    const detect::Detections after{at(0, 0.8F), at(40, 0.2F), at(80, 0.5F), at(20, 0.4F)};
    const Shown both = shown(before, after);
    EXPECT_EQ(both.before, (std::vector<std::size_t>{0, 2, 3}));
    EXPECT_EQ(both.after, (std::vector<std::size_t>{0, 2, 3}));
    // At 40 the other is only a little below the threshold, as it is at 20.
    EXPECT_EQ(both.lost, (std::vector<std::size_t>{3}));
    EXPECT_EQ(both.added, (std::vector<std::size_t>{2}));
    EXPECT_EQ(both.differing(), 2U);
    EXPECT_EQ(shown(before, before).differing(), 0U);
}

TEST(Compare, OneDetectionPairsWithOneOnly) {
    const auto drift = compare(Frames{{at(0, 0.9F)}}, Frames{{at(0, 0.9F), at(1, 0.8F)}});
    EXPECT_NEAR(drift.f1_50, 2.0 / 3, 1e-9);
}

}  // namespace
}  // namespace saccade::quantize
