#include "track/association.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

namespace saccade::track {
namespace {

double gain(const Association& a, const Matrix& cost, float limit) {
    double sum = 0;
    for (const auto [r, c] : a.matches()) sum += cost.at(r, c) - limit;
    return sum;
}

/// The best sum of (cost - limit) by trying all.
double best(const Matrix& cost, float limit, std::size_t row, std::vector<char>& used) {
    if (row == cost.rows()) return 0;
    double least = best(cost, limit, row + 1, used);
    for (std::size_t c = 0; c < cost.cols(); ++c) {
        if (used[c] != 0 || !(cost.at(row, c) <= limit)) continue;
        used[c] = 1;
        least = std::min(least, cost.at(row, c) - limit + best(cost, limit, row + 1, used));
        used[c] = 0;
    }
    return least;
}

TEST(Association, IsAsGoodAsTryingAll) {
    std::mt19937 random(1);
    Association association;
    for (int run = 0; run < 2000; ++run) {
        Matrix cost;
        cost.resize(random() % 6, random() % 6);
        const float density = static_cast<float>(random() % 5);
        for (std::size_t r = 0; r < cost.rows(); ++r) {
            for (std::size_t c = 0; c < cost.cols(); ++c) {
                cost.at(r, c) = static_cast<float>(random() % 1000) / 1000 * (1 + density);
                if (random() % 9 == 0) cost.at(r, c) = std::numeric_limits<float>::quiet_NaN();
                if (random() % 9 == 0) cost.at(r, c) = std::numeric_limits<float>::infinity();
            }
        }
        association.solve(cost, 0.8F);
        std::vector<char> used(cost.cols());
        EXPECT_NEAR(gain(association, cost, 0.8F), best(cost, 0.8F, 0, used), 1e-5);

        std::vector<int> rows, cols;
        for (const auto [r, c] : association.matches()) {
            EXPECT_LE(cost.at(r, c), 0.8F);
            rows.push_back(r);
            cols.push_back(c);
        }
        EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
        rows.insert(rows.end(), association.unmatched_rows().begin(),
                    association.unmatched_rows().end());
        cols.insert(cols.end(), association.unmatched_cols().begin(),
                    association.unmatched_cols().end());
        for (auto [list, size] : {std::pair{&rows, cost.rows()}, {&cols, cost.cols()}}) {
            std::sort(list->begin(), list->end());
            std::vector<int> all(size);
            std::iota(all.begin(), all.end(), 0);
            EXPECT_EQ(*list, all);
        }
    }
}

TEST(Association, GroupsGiveTheSameAsTheWholeProblem) {
    std::mt19937 random(2);
    Association association;
    AssignmentSolver whole;
    for (int run = 0; run < 50; ++run) {
        Matrix cost;
        cost.resize(60, 70);
        std::vector<double> dense(60 * 70);
        for (std::size_t r = 0; r < 60; ++r) {
            for (std::size_t c = 0; c < 70; ++c) {
                const bool near = (r / 4) == (c / 4) || random() % 40 == 0;
                cost.at(r, c) = near ? static_cast<float>(random() % 1000) / 1000 : 1.0F;
                dense[r * 70 + c] = cost.at(r, c);
            }
        }
        association.solve(cost, 0.7F);
        const auto solved = whole.solve(dense, 60, 70, 0.7F);
        ASSERT_TRUE(solved);
        EXPECT_NEAR(gain(association, cost, 0.7F),
                    solved->cost - 0.7F * static_cast<double>(solved->pairs), 1e-6);
    }
}

}  // namespace
}  // namespace saccade::track
