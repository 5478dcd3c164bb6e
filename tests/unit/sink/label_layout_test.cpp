#include "sink/label_layout.h"

#include <gtest/gtest.h>

#include <random>

namespace saccade::sink {
namespace {

bool meet(const Rect& a, const Rect& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

TEST(LabelLayout, StandsAboveItsBoxWhereThereIsRoom) {
    LabelLayout layout(640, 480);
    const Rect place = layout.place({100, 100, 200, 300}, 60, 20);
    EXPECT_EQ(place.left, 100);
    EXPECT_EQ(place.bottom, 100);
}

TEST(LabelLayout, IsAlwaysInsideTheFrame) {
    LabelLayout layout(640, 480);
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        if (i % 50 == 0) layout.clear();
        const int x = static_cast<int>(random() % 640), y = static_cast<int>(random() % 480);
        const Rect place = layout.place({x, y, x + 30, y + 60}, 90, 20);
        ASSERT_GE(place.left, 0);
        ASSERT_GE(place.top, 0);
        ASSERT_LE(place.right, 640);
        ASSERT_LE(place.bottom, 480);
        ASSERT_EQ(place.width(), 90);
    }
}

TEST(LabelLayout, KeepsOffOthersWhileItCan) {
    LabelLayout layout(640, 480);
    std::vector<Rect> places;
    for (int i = 0; i < 4; ++i) {
        places.push_back(layout.place({100, 100, 300, 300}, 60, 20));
        for (int j = 0; j < i; ++j) {
            EXPECT_FALSE(meet(places[static_cast<std::size_t>(j)], places.back())) << i << j;
        }
    }
    layout.clear();
    EXPECT_EQ(layout.place({100, 100, 300, 300}, 60, 20).top, places[0].top);
}

TEST(LabelLayout, LargerThanTheFrameStartsAtItsCorner) {
    LabelLayout layout(32, 16);
    const Rect place = layout.place({3, 3, 9, 9}, 90, 20);
    EXPECT_EQ(place.left, 0);
    EXPECT_EQ(place.top, 0);
}

}  // namespace
}  // namespace saccade::sink
