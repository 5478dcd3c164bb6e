// The linear assignment problem: which row goes with which column, at the least total cost.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "saccade/error.h"

namespace saccade {

/// One solution. The spans look into the solver: valid until its next solve() or its end.
struct Assignment {
    std::span<const int> column_of_row;  ///< -1 where the row is unmatched
    std::span<const int> row_of_column;  ///< -1 where the column is unmatched
    std::size_t pairs = 0;               ///< how many rows are matched
    double cost = 0;                     ///< sum over the matched pairs
};

/// Solves rectangular problems by shortest augmenting paths, after R. Jonker and A. Volgenant, "A
/// shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing
/// 38 (1987), with the paper's augmenting row reduction as the start. The paper's column reduction
/// is left out, because it is only right for square problems. O(rows * cols * min(rows, cols)).
///
/// Working memory is kept from call to call, so a solver that has seen the largest size allocates
/// nothing. Deterministic: the answer depends on the arguments alone. One thread at a time.
class AssignmentSolver {
  public:
    static constexpr double no_limit = std::numeric_limits<double>::infinity();

    /// `cost` is row-major, rows * cols; any sign; +infinity forbids a pair.
    ///
    /// Without a limit: as many pairs as can be made, and among those the least sum. Where some
    /// pair is forbidden the sum is exact to about 1e-15 * min(rows, cols) of the largest cost.
    ///
    /// With a finite `max_cost`: the sum of (cost - max_cost) over the pairs is least, and no pair
    /// costs more than max_cost. A row or column thus stays unmatched rather than push others into
    /// pairs that are dearer than the limit on balance, which is what trackers want of a gate:
    /// solving first and dropping the dear pairs afterwards loses good ones.
    ///
    /// Errors: invalid_argument for a NaN, a -infinity, a finite number beyond +-1e100, or a `cost`
    /// whose size is not rows * cols.
    [[nodiscard]] Result<Assignment> solve(std::span<const double> cost, std::size_t rows,
                                           std::size_t cols, double max_cost = no_limit);

  private:
    Result<void> prepare(std::span<const double> cost, std::size_t rows, std::size_t cols,
                         double max_cost);
    void reduce_rows();
    void augment(int start);
    [[nodiscard]] const double* row(int i) const noexcept {
        return cost_.data() + static_cast<std::size_t>(i) * width_;
    }

    // The problem as it is solved: no more rows than columns, dear pairs at +infinity, and every
    // row may also leave by an exit of its own that costs exit_ (a private column of potential 0).
    std::vector<double> cost_;
    std::size_t height_ = 0, width_ = 0;
    double exit_ = no_limit;

    std::vector<double> potential_;  // of each column (v in the paper)
    std::vector<int> column_of_, row_of_;
    std::vector<int> free_, displaced_;
    std::vector<double> distance_;  // of each column from the row that is being placed
    std::vector<int> before_;       // the row from which a column was reached
    std::vector<int> open_, scanned_;
};

}  // namespace saccade
