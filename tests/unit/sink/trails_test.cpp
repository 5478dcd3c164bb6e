#include "sink/trails.h"

#include <gtest/gtest.h>

namespace saccade::sink {
namespace {

Object at(std::int64_t id, float x) {
    return {{x - 1, 4, x + 1, 6}, 0.5F, 0, id};
}

TEST(Trails, KeepTheLastFramesInOrder) {
    Trails trails(3);
    for (int i = 0; i < 10; ++i) trails.update(std::vector{at(5, static_cast<float>(i))});
    const auto points = trails.points(5);
    ASSERT_EQ(points.size(), 4U);
    EXPECT_EQ(points.front().x, 6);
    EXPECT_EQ(points.back().x, 9);
    EXPECT_EQ(points.back().y, 5);
    EXPECT_TRUE(trails.points(6).empty());
}

TEST(Trails, AnUnseenTrackIsForgotten) {
    Trails trails(3);
    trails.update(std::vector{at(1, 0), at(2, 0)});
    for (int i = 0; i < 3; ++i) trails.update(std::vector{at(1, 1)});
    EXPECT_EQ(trails.points(2).size(), 1U);
    trails.update(std::vector{at(1, 1)});
    EXPECT_TRUE(trails.points(2).empty());
}

TEST(Trails, NoneForDetectionsOrLengthZero) {
    Trails trails(3), none(0);
    trails.update(std::vector{at(-1, 0)});
    none.update(std::vector{at(1, 0)});
    EXPECT_TRUE(trails.points(-1).empty());
    EXPECT_TRUE(none.points(1).empty());
}

}  // namespace
}  // namespace saccade::sink
