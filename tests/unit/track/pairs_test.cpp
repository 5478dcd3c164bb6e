#include "track/pairs.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>

namespace saccade::track {
namespace {

BoxColumns columns(const std::vector<Box>& boxes) {
    BoxColumns c;
    for (const Box& b : boxes) c.push(b);
    return c;
}

/// All with all, as the finder need not do it.
void expect_all_overlaps(const std::vector<Box>& rows, const std::vector<Box>& cols,
                         PairFinder& finder) {
    PairList pairs;
    finder.find(columns(rows), columns(cols), pairs);
    ASSERT_EQ(pairs.rows(), rows.size());
    ASSERT_EQ(pairs.cols(), cols.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::map<int, float> costs;
        for (const auto& [c, cost] : pairs.row(r)) {
            EXPECT_TRUE(costs.emplace(c, cost).second) << "a pair twice";
        }
        for (std::size_t c = 0; c < cols.size(); ++c) {
            const float overlap = iou(rows[r], cols[c]);
            const auto found = costs.find(static_cast<int>(c));
            ASSERT_EQ(found != costs.end(), overlap > 0) << r << ' ' << c;
            if (overlap > 0) {
                EXPECT_FLOAT_EQ(found->second, 1 - overlap);
            }
        }
    }
}

TEST(PairFinder, EqualsTryingAllPairs) {
    std::mt19937 random(1);
    PairFinder finder;
    for (const int range : {40, 400, 4000}) {
        const auto any = [&] { return static_cast<float>(random() % range) / 2 - 10; };
        std::vector<Box> rows, cols;
        for (int i = 0; i < 67; ++i) {
            const float x = any(), y = any();
            rows.push_back({any(), any(), any(), any()});  // empty and inverted ones too
            cols.push_back({x, y, x + 15 + any() / 8, y + 15 + any() / 8});
            if (i % 9 == 0) cols.back() = rows.back();
            if (i % 20 == 0) cols.back() = {-1000, any(), 5000, y + 50};  // across them all
        }
        cols.resize(53);
        expect_all_overlaps(rows, cols, finder);
        expect_all_overlaps(cols, rows, finder);
    }
    expect_all_overlaps({}, {{0, 0, 1, 1}}, finder);
    expect_all_overlaps({{0, 0, 1, 1}}, {}, finder);
}

TEST(PairFinder, WhatHasNoPlaceOverlapsNothing) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<Box> odd{{nan, 0, 10, 10}, {0, nan, 10, 10}, {0, 0, nan, 10},
                               {0, 0, 10, nan},  {5, 5, 5, 9},     {0, 0, 10, 10}};
    PairFinder finder;
    PairList pairs;
    finder.find(columns(odd), columns(odd), pairs);
    for (std::size_t r = 0; r + 1 < odd.size(); ++r) EXPECT_TRUE(pairs.row(r).empty()) << r;
    ASSERT_EQ(pairs.row(5).size(), 1U);
    EXPECT_EQ(pairs.row(5)[0].col, 5);
    EXPECT_EQ(pairs.row(5)[0].cost, 0);
}

}  // namespace
}  // namespace saccade::track
