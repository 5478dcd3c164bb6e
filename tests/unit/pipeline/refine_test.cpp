#include "pipeline/refine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr Size kFrame{1920, 1080}, kInput{320, 320};  // a sixth

Detection seen(float x, float y, float w, float h, float score, int class_id = 0) {
    return {{x, y, x + w, y + h}, score, class_id};
}

Track followed(std::int64_t id, Box box, float velocity_x = 0) {
    Track track;
    track.id = id;
    track.box = track.raw_box = box;
    track.velocity_x = velocity_x;
    return track;
}

bool holds(const Box& crop, const Box& box) {
    return box.x1 >= crop.x1 && box.y1 >= crop.y1 && box.x2 <= crop.x2 && box.y2 <= crop.y2;
}

std::vector<Box> plan(std::vector<Detection> found, std::vector<Track> tracks = {},
                      int budget = 1) {
    return Refiner({.budget = budget}, kInput).plan(kFrame, found, tracks, 40ms);
}

TEST(RefinePlan, DoubtfulObjectsAreSeenAtTheSourcesOwnResolution) {
    for (const float score : {0.1F, 0.3F, 0.45F}) {
        const Detection faint = seen(1000, 500, 40, 90, score);
        const auto crops = plan({faint});
        ASSERT_EQ(crops.size(), 1U) << score;
        EXPECT_TRUE(holds(crops[0], faint.box));
        EXPECT_EQ(crops[0].width(), 320);
        EXPECT_EQ(crops[0].height(), 320);
    }
}

TEST(RefinePlan, LargeObjectsThatAreCertainNeedNone) {
    EXPECT_TRUE(plan({seen(500, 100, 300, 800, 0.9F)}).empty());
    EXPECT_TRUE(plan({}).empty());
    EXPECT_EQ(plan({seen(500, 100, 50, 100, 0.9F)}).size(), 1U);  // small
}

TEST(RefinePlan, AFrameThatIsAsFineAlreadyNeedsNone) {
    Refiner refiner({.budget = 4}, {640, 640});
    const std::vector<Detection> found{seen(10, 10, 9, 9, 0.3F)};
    EXPECT_TRUE(refiner.plan({1024, 600}, found, {}, 40ms).empty());
    EXPECT_FALSE(refiner.plan({1920, 1080}, found, {}, 40ms).empty());
}

TEST(RefinePlan, LostTracksAreLookedForWhereTheyShouldBe) {
    const Track track = followed(3, {600, 400, 650, 500}, 5000);  // 200 px in 40 ms
    const auto crops = plan({}, {track});
    ASSERT_EQ(crops.size(), 1U);
    EXPECT_TRUE(holds(crops[0], {800, 400, 850, 500}));
    // Found again, surely and large: nothing to do.
    const Track large = followed(3, {600, 300, 900, 900});
    EXPECT_TRUE(plan({seen(605, 300, 300, 600, 0.9F)}, {large}).empty());
    EXPECT_FALSE(plan({}, {large}).empty());
    Track tentative = track;
    tentative.state = TrackState::tentative;
    EXPECT_TRUE(plan({}, {tentative}).empty());
}

TEST(RefinePlan, ObjectsNearEachOtherShareACrop) {
    const std::vector<Detection> found{seen(300, 300, 40, 80, 0.3F), seen(420, 350, 40, 80, 0.3F),
                                       seen(700, 500, 40, 80, 0.3F)};
    const auto one = plan(found);
    ASSERT_EQ(one.size(), 1U);
    for (const Detection& d : found) EXPECT_TRUE(holds(one[0], d.box));  // coarser, all of them
    EXPECT_LE(one[0].width(), 960);                                      // twice as fine at least
    const std::vector<Detection> apart{found[0], found[1], seen(1800, 900, 40, 80, 0.3F)};
    const auto two = plan(apart, {}, 4);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_TRUE(holds(two[0], found[0].box) && holds(two[0], found[1].box));
    EXPECT_TRUE(holds(two[1], apart[2].box));
}

TEST(RefinePlan, NobodyIsLeftOutForEver) {
    Refiner refiner({.budget = 1}, kInput);
    std::vector<Detection> found;
    std::vector<Track> tracks;
    for (int i = 0; i < 3; ++i) {  // a crowd at the left, one far to the right
        found.push_back(seen(100.0F + 60 * static_cast<float>(i), 200, 30, 60, 0.6F));
    }
    found.push_back(seen(1800, 900, 30, 60, 0.6F));
    for (std::size_t i = 0; i < found.size(); ++i) {
        tracks.push_back(followed(static_cast<std::int64_t>(i) + 1, found[i].box));
    }
    int alone = 0;
    for (int frame = 0; frame < 40; ++frame) {
        const auto crops = refiner.plan(kFrame, found, tracks, 40ms);
        ASSERT_EQ(crops.size(), 1U);
        alone += holds(crops[0], found.back().box) ? 1 : 0;
    }
    EXPECT_GE(alone, 4);
    EXPECT_LT(alone, 20);
}

TEST(RefinePlan, CropsLieInTheFrameWhateverIsFound) {
    std::mt19937 random(7);
    const auto upto = [&](int most) {
        return static_cast<int>(random() % static_cast<unsigned>(most));
    };
    for (int round = 0; round < 200; ++round) {
        const Size frame{400 + upto(4000), 400 + upto(3000)};
        const Size input{64 + 32 * upto(10), 64 + 32 * upto(10)};
        const int budget = 1 + upto(5);
        std::vector<Detection> found;
        for (int i = upto(50); i > 0; --i) {
            const auto x = static_cast<float>(upto(frame.width)),
                       y = static_cast<float>(upto(frame.height));
            const Detection d =
                seen(x, y, static_cast<float>(upto(400)), static_cast<float>(upto(400)),
                     static_cast<float>(upto(100)) / 100, upto(3));
            found.push_back(
                {d.box.clipped(static_cast<float>(frame.width), static_cast<float>(frame.height)),
                 d.score, d.class_id});
        }
        Refiner once({.budget = budget}, input), again({.budget = budget}, input);
        const auto crops = once.plan(frame, found, {}, 40ms);
        EXPECT_LE(crops.size(), static_cast<std::size_t>(budget));
        EXPECT_EQ(crops, again.plan(frame, found, {}, 40ms));
        for (const Box& crop : crops) {
            EXPECT_TRUE(holds(
                {0, 0, static_cast<float>(frame.width), static_cast<float>(frame.height)}, crop));
            EXPECT_GT(crop.area(), 0);
            EXPECT_EQ(static_cast<int>(crop.x1) % 2, 0);
            EXPECT_EQ(static_cast<int>(crop.y1) % 2, 0);
        }
    }
}

class RefineMerge : public testing::Test {
  protected:
    std::vector<Detection> merge(std::vector<Detection> found, std::vector<Detection> in_crop) {
        const std::vector<Box> crops{crop_};
        const std::vector<std::vector<Detection>> seen_there{std::move(in_crop)};
        refiner_.merge(kFrame, crops, seen_there, found);
        return found;
    }
    Box crop_{640, 320, 960, 640};
    Refiner refiner_{{.budget = 1}, kInput};
};

TEST_F(RefineMerge, TheCloserLookReplacesTheFirstOne) {
    const auto merged = merge({seen(700, 400, 50, 100, 0.3F)}, {seen(64, 83, 46, 96, 0.8F)});
    ASSERT_EQ(merged.size(), 1U);
    EXPECT_EQ(merged[0], seen(704, 403, 46, 96, 0.8F));
}

TEST_F(RefineMerge, WhatWasMissedIsAddedAndWhatIsFaintLeftOut) {
    const auto merged = merge({seen(100, 100, 50, 100, 0.9F), seen(100, 400, 50, 100, 0.1F)},
                              {seen(60, 80, 40, 90, 0.5F), seen(200, 80, 40, 90, 0.2F)});
    ASSERT_EQ(merged.size(), 2U);  // best first
    EXPECT_EQ(merged[0], seen(100, 100, 50, 100, 0.9F));
    EXPECT_EQ(merged[1], seen(700, 400, 40, 90, 0.5F));
}

TEST_F(RefineMerge, ObjectsThatTheCropCutsKeepTheirWholeBox) {
    const Detection whole = seen(600, 300, 300, 500, 0.6F);
    EXPECT_EQ(merge({whole}, {seen(0, 0, 260, 320, 0.9F)}), std::vector{whole});
    // At an edge of the frame itself nothing is cut.
    crop_ = {0, 0, 320, 320};
    EXPECT_EQ(merge({}, {seen(0, 0, 100, 200, 0.9F)}).size(), 1U);
    EXPECT_EQ(merge({}, {seen(0, 200, 100, 120, 0.9F)}).size(), 0U);
}

TEST_F(RefineMerge, OtherObjectsStay) {
    const Detection behind = seen(650, 330, 200, 300, 0.7F);  // much larger, in the same place
    const auto merged =
        merge({behind, seen(700, 400, 50, 100, 0.6F, 2)}, {seen(60, 80, 50, 100, 0.9F)});
    EXPECT_EQ(merged.size(), 3U);
}

TEST_F(RefineMerge, TwoCropsOfOneObjectGiveOne) {
    const std::vector<Box> crops{{640, 320, 960, 640}, {704, 320, 1024, 640}};
    const std::vector<std::vector<Detection>> there{{seen(100, 80, 50, 100, 0.7F)},
                                                    {seen(37, 81, 50, 100, 0.8F)}};
    std::vector<Detection> found;
    refiner_.merge(kFrame, crops, there, found);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].score, 0.8F);
}

TEST_F(RefineMerge, NoMoreThanWasAskedFor) {
    std::vector<Detection> found{seen(100, 100, 50, 100, 0.9F)};
    const std::vector<std::vector<Detection>> there{{seen(60, 80, 40, 90, 0.95F)}};
    Refiner({.budget = 1, .max_detections = 1}, kInput).merge(kFrame, {&crop_, 1}, there, found);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].score, 0.95F);
}

}  // namespace
}  // namespace saccade::pipeline
