#include "vision/letterbox.h"

#include <gtest/gtest.h>

#include <random>

namespace saccade::vision {
namespace {

struct Case {
    int w, h, dst_w, dst_h, new_w, new_h, left, top;
};

TEST(Letterbox, CentredGeometryIsThePublishedOne) {
    const Case cases[] = {
        {1920, 1080, 640, 640, 640, 360, 0, 140}, {640, 426, 640, 640, 640, 426, 0, 107},
        {640, 427, 640, 640, 640, 427, 0, 106},  // 106.5 on each side: the smaller part on top
        {427, 640, 640, 640, 427, 640, 106, 0},   {100, 50, 640, 640, 640, 320, 0, 160},
        {640, 640, 640, 640, 640, 640, 0, 0},     {1, 1, 640, 640, 640, 640, 0, 0},
        {3840, 2160, 640, 384, 640, 360, 0, 12},  // a rectangular input
        {1000, 250, 10, 10, 10, 2, 0, 4},         // 2.5 rows go to the even 2
        {1000, 350, 10, 10, 10, 4, 0, 3},         // 3.5 likewise to 4
        {100000, 3, 640, 640, 640, 1, 0, 319},    // less than a row is still one
        {3, 100000, 640, 640, 1, 640, 319, 0}};
    for (const Case& c : cases) {
        const Letterbox l = make_letterbox(c.w, c.h, c.dst_w, c.dst_h, Placement::centered);
        SCOPED_TRACE(testing::Message() << c.w << "x" << c.h);
        EXPECT_EQ(l.new_width, c.new_w);
        EXPECT_EQ(l.new_height, c.new_h);
        EXPECT_EQ(l.left, c.left);
        EXPECT_EQ(l.top, c.top);
    }
}

TEST(Letterbox, TopLeftTruncatesAndDoesNotMove) {
    const Letterbox l = make_letterbox(640, 427, 416, 416, Placement::top_left);
    EXPECT_EQ(l.new_width, 416);
    EXPECT_EQ(l.new_height, 277);  // 277.55
    EXPECT_EQ(l.left, 0);
    EXPECT_EQ(l.top, 0);
}

TEST(Letterbox, TheLongerSideAlwaysFillsTheInput) {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> side(1, 8000);
    for (int i = 0; i < 20000; ++i) {
        const int w = side(random), h = side(random), dst = side(random);
        for (const Placement placement : {Placement::centered, Placement::top_left}) {
            const Letterbox l = make_letterbox(w, h, dst, dst, placement);
            ASSERT_EQ(std::max(l.new_width, l.new_height), dst) << w << "x" << h;
            ASSERT_GE(std::min(l.new_width, l.new_height), 1);
            const int right = dst - l.new_width - l.left, below = dst - l.new_height - l.top;
            if (placement == Placement::centered) {
                ASSERT_TRUE(right == l.left || right == l.left + 1);
                ASSERT_TRUE(below == l.top || below == l.top + 1);
            }
        }
    }
}

TEST(Letterbox, BoxesComeBackToTheSource) {
    const Letterbox l = make_letterbox(1920, 1080, 640, 640, Placement::centered);
    const Box box = to_source({100, 140 + 50, 200, 140 + 100}, l);
    EXPECT_FLOAT_EQ(box.x1, 300);
    EXPECT_FLOAT_EQ(box.y1, 150);
    EXPECT_FLOAT_EQ(box.x2, 600);
    EXPECT_FLOAT_EQ(box.y2, 300);
    EXPECT_EQ(to_source({-50, 0, 700, 640}, l), (Box{0, 0, 1920, 1080}));
    EXPECT_EQ(to_source({0, 0, 640, 100}, l).area(), 0);  // all in the padding
}

TEST(Letterbox, StretchedBoxesComeBackByAScaleASide) {
    const Letterbox l = make_letterbox(1920, 1080, 640, 640, Placement::stretched);
    EXPECT_EQ(l.new_width, 640);
    EXPECT_EQ(l.new_height, 640);
    EXPECT_EQ(l.left, 0);
    EXPECT_EQ(l.top, 0);
    const Box box = to_source({64, 320, 128, 640}, l);
    EXPECT_FLOAT_EQ(box.x1, 192);
    EXPECT_FLOAT_EQ(box.y1, 540);
    EXPECT_FLOAT_EQ(box.x2, 384);
    EXPECT_FLOAT_EQ(box.y2, 1080);
}

}  // namespace
}  // namespace saccade::vision
