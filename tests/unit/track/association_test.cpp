#include "track/association.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "core/assignment.h"

namespace saccade::track {
namespace {

/// All costs of a problem, as the reference needs them.
class Dense {
  public:
    Dense(std::size_t rows, std::size_t cols) : rows_(rows), cols_(cols), data_(rows * cols) {}
    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t cols() const { return cols_; }
    template <typename R, typename C>
    float& at(R r, C c) {
        return data_[static_cast<std::size_t>(r) * cols_ + static_cast<std::size_t>(c)];
    }
    template <typename R, typename C>
    [[nodiscard]] float at(R r, C c) const {
        return data_[static_cast<std::size_t>(r) * cols_ + static_cast<std::size_t>(c)];
    }
    /// With the columns of each row backwards: their order means nothing.
    [[nodiscard]] PairList pairs() const {
        PairList list;
        list.reset(cols_);
        for (std::size_t r = 0; r < rows_; ++r) {
            for (std::size_t c = cols_; c-- > 0;) list.push(static_cast<int>(c), at(r, c));
            list.end_row();
        }
        return list;
    }

  private:
    std::size_t rows_, cols_;
    std::vector<float> data_;
};

double gain(const Association& a, const Dense& cost, float limit) {
    double sum = 0;
    for (const auto [r, c] : a.matches()) sum += cost.at(r, c) - limit;
    return sum;
}

/// The best sum of (cost - limit) by trying all.
double best(const Dense& cost, float limit, std::size_t row, std::vector<char>& used) {
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
        const std::size_t height = random() % 6, width = random() % 6;
        Dense cost(height, width);
        const float density = static_cast<float>(random() % 5);
        for (std::size_t r = 0; r < cost.rows(); ++r) {
            for (std::size_t c = 0; c < cost.cols(); ++c) {
                cost.at(r, c) = static_cast<float>(random() % 1000) / 1000 * (1 + density);
                if (random() % 9 == 0) cost.at(r, c) = std::numeric_limits<float>::quiet_NaN();
                if (random() % 9 == 0) cost.at(r, c) = std::numeric_limits<float>::infinity();
            }
        }
        association.solve(cost.pairs(), 0.8F);
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

TEST(Association, EqualsTheDenseSolver) {
    std::mt19937 random(2);
    Association association;
    AssignmentSolver whole;
    for (int run = 0; run < 200; ++run) {
        const std::size_t rows = 1 + random() % 80, cols = 1 + random() % 80;
        const unsigned strangers = 2 + random() % 60;
        Dense cost(rows, cols);
        std::vector<double> dense(rows * cols);
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t c = 0; c < cols; ++c) {
                const bool near = (r / 4) == (c / 4) || random() % strangers == 0;
                // So many digits that no two sets of pairs cost the same.
                cost.at(r, c) = near ? static_cast<float>(random() % 16777213) / 16777213 : 1.0F;
                dense[r * cols + c] = cost.at(r, c);
            }
        }
        association.solve(cost.pairs(), 0.7F);
        const auto solved = whole.solve(dense, rows, cols, 0.7F);
        ASSERT_TRUE(solved);
        EXPECT_NEAR(gain(association, cost, 0.7F),
                    solved->cost - 0.7F * static_cast<double>(solved->pairs), 1e-6);
        ASSERT_EQ(association.matches().size(), solved->pairs);
        for (const auto [r, c] : association.matches()) {
            EXPECT_EQ(solved->column_of_row[static_cast<std::size_t>(r)], c);
        }
    }
}

TEST(Association, OfEqualsTakesTheLowestColumn) {
    Dense cost(1, 4);
    cost.at(0, 0) = 0.9F;
    cost.at(0, 1) = cost.at(0, 2) = cost.at(0, 3) = 0.2F;
    Association association;
    association.solve(cost.pairs(), 0.8F);
    ASSERT_EQ(association.matches().size(), 1U);
    EXPECT_EQ(association.matches()[0].col, 1);
}

}  // namespace
}  // namespace saccade::track
