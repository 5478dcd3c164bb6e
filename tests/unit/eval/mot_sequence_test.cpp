#include "eval/mot_sequence.h"

#include <gtest/gtest.h>

#include "scene.h"

namespace saccade::eval {
namespace {

using test::Scene;

TEST(MotSequence, NumbersIdentitiesWithoutGapsAndFindsOverlaps) {
    const MotSequence s = Scene(3)
                              .truth(1, 40, 0)
                              .track(1, -7, 0, 5)
                              .truth(3, 12, 50)
                              .truth(3, 40, 100)
                              .track(3, 9, 50)
                              .track(3, 1000000000, 100)
                              .prepare();
    ASSERT_EQ(s.frames.size(), 3U);
    EXPECT_EQ(s.frames[0].truth, std::vector<int>{1});
    EXPECT_EQ(s.frames[0].tracks, std::vector<int>{0});
    EXPECT_TRUE(s.frames[1].truth.empty());
    EXPECT_EQ(s.frames[2].truth, (std::vector<int>{0, 1}));
    EXPECT_EQ(s.frames[2].tracks, (std::vector<int>{1, 2}));
    EXPECT_EQ(s.truth_boxes, (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(s.track_boxes, (std::vector<std::size_t>{1, 1, 1}));
    EXPECT_EQ(s.pairs, (std::vector<IdentityPair>{{0, 1}, {1, 0}, {1, 2}}));
    ASSERT_EQ(s.frames[0].overlaps.size(), 1U);
    EXPECT_DOUBLE_EQ(s.frames[0].overlaps[0].iou, 0.5);
    EXPECT_EQ(s.frames[0].overlaps[0].pair, 1U);
}

// One frame with a box of each class at its own place, and a track on each.
Scene a_track_on_each_class() {
    Scene scene(1);
    for (int c = 1; c <= 13; ++c) scene.truth(1, c, 100 * c, c).track(1, c, 100 * c);
    return scene;
}

TEST(MotSequence, TracksOnDistractorsAreTakenOut) {
    const MotSequence mot17 = a_track_on_each_class().prepare(MotBenchmark::mot17);
    EXPECT_EQ(mot17.all_truth_boxes, 1U);
    EXPECT_EQ(mot17.all_track_boxes, 13U - 4);  // classes 2, 7, 8, 12
    EXPECT_EQ(a_track_on_each_class().prepare(MotBenchmark::mot20).all_track_boxes, 13U - 5);
    const MotSequence mot15 = a_track_on_each_class().prepare(MotBenchmark::mot15);
    EXPECT_EQ(mot15.all_truth_boxes, 13U);
    EXPECT_EQ(mot15.all_track_boxes, 13U);
}

TEST(MotSequence, ATrackIsTakenOutOnlyWhenItBelongsToTheDistractor) {
    // Both boxes of the truth are near: the person is the better match, or the overlap too small.
    EXPECT_EQ(Scene(1).truth(1, 1, 0).truth(1, 2, 1, 8).track(1, 1, 0).prepare().all_track_boxes,
              1U);
    EXPECT_EQ(Scene(1).truth(1, 2, 0, 8).track(1, 1, 0, 4.9).prepare().all_track_boxes, 1U);
    EXPECT_EQ(Scene(1).truth(1, 2, 0, 8).track(1, 1, 0, 5).prepare().all_track_boxes, 0U);
    // Two tracks and one distractor: the worse one stays.
    EXPECT_EQ(Scene(1).truth(1, 2, 0, 8).track(1, 1, 0).track(1, 2, 0, 9).prepare().all_track_boxes,
              1U);
}

TEST(MotSequence, BoxesMarkedZeroAreNotJudged) {
    const Scene scene = Scene(1).truth(1, 1, 0, 1, 0).truth(1, 2, 50).track(1, 1, 0);
    for (const auto benchmark : {MotBenchmark::mot15, MotBenchmark::mot17}) {
        EXPECT_EQ(scene.prepare(benchmark).all_truth_boxes, 1U);
        EXPECT_EQ(scene.prepare(benchmark).all_track_boxes, 1U);
    }
}

TEST(MotSequence, BoxesWithoutAreaOverlapNothing) {
    const MotSequence s =
        Scene(1).truth(1, 1, 0).track(1, 1, 0, 0).track(1, 2, 10, -10).track(1, 3, 10).prepare();
    EXPECT_TRUE(s.frames[0].overlaps.empty());
    EXPECT_EQ(s.all_track_boxes, 3U);
}

TEST(MotSequence, AFrameMayHave5000BoxesAndNoMore) {
    MotFile tracks;
    for (int i = 0; i < 5000; ++i) tracks.rows.push_back({1, i, 20.0 * i, 0, 10, 10, 1, 1});
    tracks.last_frame = 1;
    const auto prepare = [&] {
        return prepare_sequence({}, "gt.txt", tracks, "t.txt", 1, MotBenchmark::mot17);
    };
    EXPECT_TRUE(prepare());
    tracks.rows.push_back({1, 5000, 0, 0, 10, 10, 1, 1});
    ASSERT_FALSE(prepare());
    EXPECT_EQ(prepare().error().code, ErrorCode::unsupported);
    EXPECT_EQ(prepare().error().message, "t.txt: more than 5000 boxes in frame 1");
}

}  // namespace
}  // namespace saccade::eval
