// Pairs tracks with detections at the least cost, each at most once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "track/pairs.h"

namespace saccade::track {

struct Match {
    int row = 0, col = 0;
};

/// The gated assignment problem: of all sets of pairs with cost <= limit, the one with the least
/// sum of (cost - limit). Solved exactly, by shortest augmenting paths as in core/assignment.h,
/// but over the pairs that there are: a row is placed at the price of the neighbours whose columns
/// it wants, so that a frame takes time by its crowds, not by the square of its objects.
/// Memory is kept from call to call. One thread at a time.
class Association {
  public:
    /// A NaN or infinite cost is never paired.
    void solve(const PairList& pairs, float limit);

    /// By ascending row.
    [[nodiscard]] std::span<const Match> matches() const noexcept { return matches_; }
    [[nodiscard]] std::span<const int> unmatched_rows() const noexcept { return rows_left_; }
    [[nodiscard]] std::span<const int> unmatched_cols() const noexcept { return cols_left_; }

  private:
    /// A column as the search for a path sees it.
    struct Column {
        double potential = 0;  ///< what it costs less (<= 0) since others want it
        double distance = 0;   ///< from the row that is being placed; counts if reached == search_
        int row = -1;          ///< its match
        int before = -1;       ///< the row from which it was reached
        float cost = 0;        ///< from that row
        std::uint32_t reached = 0, scanned = 0;  ///< the last search that did so
    };
    struct Candidate {
        double distance = 0;
        int col = 0;
        /// A heap's top is its greatest: the nearest, of equals the lowest.
        friend bool operator<(const Candidate& a, const Candidate& b) noexcept {
            return a.distance > b.distance || (a.distance == b.distance && a.col > b.col);
        }
    };
    [[nodiscard]] bool place_freely(int row);
    void place(int row);
    void reach_from(int row, double offset);

    const PairList* pairs_ = nullptr;  // during solve()
    double limit_ = 0;
    std::uint32_t search_ = 0;
    std::vector<Column> columns_;
    std::vector<int> col_of_row_;
    std::vector<double> cost_of_row_;  // of its match
    std::vector<Candidate> heap_;
    std::vector<int> scanned_;

    std::vector<Match> matches_;
    std::vector<int> rows_left_, cols_left_;
};

}  // namespace saccade::track
