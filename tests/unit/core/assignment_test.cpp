#include "core/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <random>
#include <tuple>
#include <vector>

namespace {
std::atomic<std::size_t> allocations{0};
}

// Counts what the solver allocates in steady state. Not inlined, or GCC takes malloc and free for a
// mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

namespace saccade {
namespace {

constexpr double inf = AssignmentSolver::no_limit;

struct Problem {
    std::size_t rows, cols;
    std::vector<double> cost;
    double max_cost = inf;
};

struct Objective {
    std::size_t pairs = 0;
    double cost = 0;
    // What solve() promises to make least.
    [[nodiscard]] bool better_than(const Objective& other, double max_cost) const {
        if (max_cost < inf) {
            return cost - max_cost * static_cast<double>(pairs) <
                   other.cost - max_cost * static_cast<double>(other.pairs);
        }
        return pairs != other.pairs ? pairs > other.pairs : cost < other.cost;
    }
};

void try_all(const Problem& p, std::size_t row, unsigned used, Objective so_far, Objective& best) {
    if (row == p.rows) {
        if (so_far.better_than(best, p.max_cost)) best = so_far;
        return;
    }
    try_all(p, row + 1, used, so_far, best);
    for (std::size_t c = 0; c < p.cols; ++c) {
        const double cost = p.cost[row * p.cols + c];
        if ((used >> c & 1U) != 0 || cost > p.max_cost || cost == inf) continue;
        try_all(p, row + 1, used | 1U << c, {so_far.pairs + 1, so_far.cost + cost}, best);
    }
}

// The answer must be a matching, obey the gate, and report its own sum.
void expect_sound(const Problem& p, const Assignment& a) {
    ASSERT_EQ(a.column_of_row.size(), p.rows);
    ASSERT_EQ(a.row_of_column.size(), p.cols);
    std::size_t pairs = 0;
    double sum = 0;
    for (std::size_t r = 0; r < p.rows; ++r) {
        const int c = a.column_of_row[r];
        if (c < 0) continue;
        ASSERT_LT(static_cast<std::size_t>(c), p.cols);
        ASSERT_EQ(a.row_of_column[static_cast<std::size_t>(c)], static_cast<int>(r));
        const double cost = p.cost[r * p.cols + static_cast<std::size_t>(c)];
        ASSERT_LT(cost, inf);
        ASSERT_LE(cost, p.max_cost);
        sum += cost;
        ++pairs;
    }
    EXPECT_EQ(static_cast<std::size_t>(std::count_if(a.row_of_column.begin(), a.row_of_column.end(),
                                                     [](int r) { return r >= 0; })),
              pairs);
    EXPECT_EQ(a.pairs, pairs);
    EXPECT_DOUBLE_EQ(a.cost, sum);
}

void expect_optimal(AssignmentSolver& solver, const Problem& p) {
    const auto a = solver.solve(p.cost, p.rows, p.cols, p.max_cost);
    ASSERT_TRUE(a) << a.error().line();
    expect_sound(p, *a);
    Objective best;
    try_all(p, 0, 0, {}, best);
    if (p.max_cost < inf) {
        EXPECT_NEAR(a->cost - p.max_cost * static_cast<double>(a->pairs),
                    best.cost - p.max_cost * static_cast<double>(best.pairs), 1e-9);
    } else {
        EXPECT_EQ(a->pairs, best.pairs);
        EXPECT_NEAR(a->cost, best.cost, 1e-9);
    }
}

TEST(Assignment, EqualsBruteForceOnAllSmallSizes) {
    std::mt19937 random(1);
    std::uniform_real_distribution<double> real(-1, 1);
    AssignmentSolver solver;
    for (int round = 0; round < 400; ++round) {
        for (std::size_t rows = 0; rows <= 5; ++rows) {
            for (std::size_t cols = 0; cols <= 6; ++cols) {
                Problem p{rows, cols, std::vector<double>(rows * cols), inf};
                const int levels = round % 4;  // 0: continuous; else few values, so many ties
                for (double& c : p.cost) {
                    c = levels == 0
                            ? real(random)
                            : static_cast<double>(static_cast<int>(random() % (levels + 1U)));
                    if (round % 3 == 1 && random() % 3 == 0) c = inf;
                }
                expect_optimal(solver, p);
                p.max_cost = levels == 0 ? 0.3 * real(random) : 1.0;
                expect_optimal(solver, p);
                if (HasFatalFailure()) return;
            }
        }
    }
}

TEST(Assignment, AllEqualAllForbiddenAndEmpty) {
    AssignmentSolver solver;
    expect_optimal(solver, {4, 4, std::vector<double>(16, 0.5)});
    expect_optimal(solver, {4, 3, std::vector<double>(12, inf)});
    expect_optimal(solver, {3, 4, std::vector<double>(12, inf), 1.0});
    EXPECT_EQ(solver.solve({}, 0, 3)->row_of_column.size(), 3U);
    EXPECT_EQ(solver.solve({}, 3, 0)->column_of_row.size(), 3U);
    EXPECT_EQ(solver.solve({}, 0, 0)->pairs, 0U);
}

TEST(Assignment, TakesMorePairsBeforeCheaperOnes) {
    AssignmentSolver solver;
    // The cheap pair (0, 0) would leave row 1 alone.
    const std::vector<double> cost{0, 100, 5, inf};
    const auto a = solver.solve(cost, 2, 2);
    EXPECT_EQ(a->pairs, 2U);
    EXPECT_DOUBLE_EQ(a->cost, 105);
}

TEST(Assignment, AGateKeepsGoodPairsThatFilteringLoses) {
    AssignmentSolver solver;
    // The least sum pairs row 0 at 0.2 and row 1 at 0.3, of which a gate at 0.25 would drop the
    // second; solved under the gate, row 0 gets its 0.1.
    const std::vector<double> cost{0.1, 0.2, 0.3, 1.0};
    const auto gated = solver.solve(cost, 2, 2, 0.25);
    EXPECT_EQ(gated->column_of_row[0], 0);
    EXPECT_EQ(gated->column_of_row[1], -1);
    const auto open = solver.solve(cost, 2, 2);
    EXPECT_EQ(open->column_of_row[0], 1);
    EXPECT_EQ(open->column_of_row[1], 0);
}

TEST(Assignment, APairExactlyAtTheGateIsAllowedAndOneAboveIsNot) {
    AssignmentSolver solver;
    const std::vector<double> cost{0.8};
    EXPECT_EQ(solver.solve(cost, 1, 1, 0.8)->pairs, 1U);
    EXPECT_EQ(solver.solve(cost, 1, 1, std::nextafter(0.8, 0.0))->pairs, 0U);
}

// Bertsekas' auction with epsilon scaling: exact for integer costs once epsilon < 1/n. Shares
// nothing with shortest augmenting paths.
double auction(const std::vector<double>& cost, std::size_t n) {
    std::vector<double> price(n, 0);
    std::vector<int> owner(n), mine(n);
    const auto scale = static_cast<double>(n + 1);
    double top = 1;
    for (const double c : cost) top = std::max(top, std::abs(c) * scale);
    for (double eps = top / 2;; eps = std::max(1.0, eps / 5)) {
        std::fill(owner.begin(), owner.end(), -1);
        std::fill(mine.begin(), mine.end(), -1);
        std::vector<int> waiting(n);
        for (std::size_t i = 0; i < n; ++i) waiting[i] = static_cast<int>(i);
        while (!waiting.empty()) {
            const auto i = static_cast<std::size_t>(waiting.back());
            waiting.pop_back();
            double best = -inf, second = -inf;
            std::size_t at = 0;
            for (std::size_t j = 0; j < n; ++j) {
                const double value = -cost[i * n + j] * scale - price[j];
                if (value > best) {
                    second = best;
                    best = value;
                    at = j;
                } else {
                    second = std::max(second, value);
                }
            }
            price[at] += best - second + eps;
            if (owner[at] >= 0) waiting.push_back(owner[at]);
            owner[at] = static_cast<int>(i);
            mine[i] = static_cast<int>(at);
        }
        if (eps <= 1) break;
    }
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += cost[i * n + static_cast<std::size_t>(mine[i])];
    return sum;
}

void expect_same_as_auction(const Problem& p) {
    AssignmentSolver solver;
    const auto a = solver.solve(p.cost, p.rows, p.cols, p.max_cost);
    ASSERT_TRUE(a);
    expect_sound(p, *a);
    // Squared with zeros; under a gate a pair is worth cost - max_cost where that is negative.
    const std::size_t n = std::max(p.rows, p.cols);
    std::vector<double> square(n * n, 0.0);
    for (std::size_t r = 0; r < p.rows; ++r) {
        for (std::size_t c = 0; c < p.cols; ++c) {
            const double cost = p.cost[r * p.cols + c];
            square[r * n + c] = p.max_cost < inf ? std::min(0.0, cost - p.max_cost) : cost;
        }
    }
    const double ours =
        p.max_cost < inf ? a->cost - p.max_cost * static_cast<double>(a->pairs) : a->cost;
    EXPECT_EQ(ours, auction(square, n));
}

TEST(Assignment, EqualsAnAuctionOnLargeProblems) {
    std::mt19937 random(2);
    for (const auto& [rows, cols, limit, gate] : {std::tuple{1000U, 1000U, 10000U, inf},
                                                  {300U, 1000U, 1000U, inf},
                                                  {1000U, 700U, 50U, inf},
                                                  {600U, 500U, 100000U, 400.0},
                                                  {400U, 400U, 3U, 1.0}}) {
        Problem p{rows, cols, std::vector<double>(rows * cols), gate};
        for (double& c : p.cost) c = static_cast<double>(random() % limit);
        expect_same_as_auction(p);
    }
}

TEST(Assignment, EqualsAnAuctionOnProductCosts) {
    // i * j is the classic hard case: every row prefers the same columns.
    Problem p{200, 200, std::vector<double>(200 * 200)};
    for (std::size_t i = 0; i < 200; ++i) {
        for (std::size_t j = 0; j < 200; ++j) {
            p.cost[i * 200 + j] = static_cast<double>((i + 1) * (j + 1));
        }
    }
    expect_same_as_auction(p);
}

TEST(Assignment, SteadyStateAllocatesNothing) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> real(0, 1);
    std::vector<double> cost(80 * 60);
    AssignmentSolver solver;
    for (double& c : cost) c = real(random);
    ASSERT_TRUE(solver.solve(cost, 80, 60, 0.5));
    for (int round = 0; round < 20; ++round) {
        for (double& c : cost) c = real(random);
        const std::size_t before = allocations;
        const bool ok = solver.solve(cost, 80, 60, 0.1).has_value() &&
                        solver.solve(std::span(cost).first(30 * 50), 30, 50).has_value();
        EXPECT_EQ(allocations, before);
        EXPECT_TRUE(ok);
    }
}

TEST(Assignment, TheAnswerDoesNotDependOnWhatWasSolvedBefore) {
    std::mt19937 random(4);
    AssignmentSolver used;
    for (int round = 0; round < 200; ++round) {
        const std::size_t rows = 1 + random() % 12, cols = 1 + random() % 12;
        std::vector<double> cost(rows * cols);
        for (double& c : cost) c = static_cast<double>(random() % 3);
        AssignmentSolver fresh;
        const auto a = fresh.solve(cost, rows, cols, 1.0), b = used.solve(cost, rows, cols, 1.0);
        EXPECT_TRUE(std::equal(a->column_of_row.begin(), a->column_of_row.end(),
                               b->column_of_row.begin(), b->column_of_row.end()));
    }
}

TEST(Assignment, RefusesWhatIsNoCost) {
    AssignmentSolver solver;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double bad : {nan, -inf, 1e101, -1e101}) {
        const std::vector<double> cost{0, 1, bad, 3};
        const auto a = solver.solve(cost, 2, 2);
        ASSERT_FALSE(a);
        EXPECT_EQ(a.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(a.error().message.find("row 1, column 0"), std::string::npos);
    }
    EXPECT_FALSE(solver.solve(std::vector<double>{1.0}, 1, 1, nan));
    EXPECT_FALSE(solver.solve(std::vector<double>{1.0}, 1, 1, -inf));
    EXPECT_FALSE(solver.solve(std::vector<double>{1.0}, 1, 2));
    EXPECT_TRUE(solver.solve(std::vector<double>{1e100, -1e100, 0, 1}, 2, 2));
}

}  // namespace
}  // namespace saccade
