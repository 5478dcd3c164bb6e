// Pairs tracks with detections at the least cost, each at most once.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/assignment.h"
#include "track/boxes.h"

namespace saccade::track {

struct Match {
    int row = 0, col = 0;
};

/// The gated assignment problem: of all sets of pairs with cost <= limit, the one with the least
/// sum of (cost - limit). Solved exactly: pairs within the gate fall into groups that share no row
/// and no column, which in video are mostly single pairs; only the others need the solver.
/// Memory is kept from call to call. One thread at a time.
class Association {
  public:
    /// A NaN or infinite cost is never paired.
    void solve(const Matrix& cost, float limit);

    /// By ascending row.
    [[nodiscard]] std::span<const Match> matches() const noexcept { return matches_; }
    [[nodiscard]] std::span<const int> unmatched_rows() const noexcept { return rows_left_; }
    [[nodiscard]] std::span<const int> unmatched_cols() const noexcept { return cols_left_; }

  private:
    struct Edge {
        int col = 0;
        float cost = 0;
    };
    [[nodiscard]] std::span<const Edge> edges_of(int row) const noexcept;
    [[nodiscard]] int root_of(int row) noexcept;
    void gate(const Matrix& cost, float limit);
    void solve_group(int first, float limit);

    std::vector<Match> matches_;
    std::vector<int> rows_left_, cols_left_;

    std::vector<Edge> edges_;              // pairs within the gate, row by row
    std::vector<std::size_t> first_edge_;  // rows + 1
    std::vector<int> parent_;              // union-find over rows: the root is the lowest row
    std::vector<int> row_reaching_;        // of each column, a row with an edge to it, or -1
    std::vector<int> next_in_group_;       // of each row, by ascending row, or -1
    std::vector<int> group_end_;           // of each root, its last row so far
    std::vector<int> col_of_row_, row_of_col_;
    std::vector<int> group_rows_, group_cols_, slot_of_col_;
    std::vector<double> group_cost_;
    AssignmentSolver solver_;
};

}  // namespace saccade::track
