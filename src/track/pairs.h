// The pairs of two lists of boxes that overlap, each with what it would cost to match it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "track/boxes.h"

namespace saccade::track {

/// Costs of those pairs of rows and columns that may be matched at all, row by row: in video one
/// in a hundred of all. Memory is kept by reset().
class PairList {
  public:
    struct Pair {
        int col = 0;
        float cost = 0;
    };

    /// No rows yet, of `cols` columns.
    void reset(std::size_t cols) noexcept {
        cols_ = cols;
        pairs_.clear();
        ends_.clear();
    }
    /// A pair of the row at hand; each column once, in any order.
    void push(int col, float cost) { pairs_.push_back({col, cost}); }
    void end_row() { ends_.push_back(pairs_.size()); }

    [[nodiscard]] std::size_t rows() const noexcept { return ends_.size(); }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] std::span<Pair> row(std::size_t r) noexcept {
        return std::span(pairs_).subspan(begin(r), ends_[r] - begin(r));
    }
    [[nodiscard]] std::span<const Pair> row(std::size_t r) const noexcept {
        return std::span(pairs_).subspan(begin(r), ends_[r] - begin(r));
    }

  private:
    [[nodiscard]] std::size_t begin(std::size_t r) const noexcept {
        return r == 0 ? 0 : ends_[r - 1];
    }

    std::size_t cols_ = 0;
    std::vector<Pair> pairs_;
    std::vector<std::size_t> ends_;  // of each row's pairs
};

/// Finds overlapping boxes without trying all with all: the columns in order of their left edges,
/// of which a row meets a short run. Memory is kept from call to call. One thread at a time.
class PairFinder {
  public:
    /// All pairs with an intersection over union above 0, at the cost 1 - IoU. Boxes with NaNs
    /// overlap nothing.
    void find(const BoxColumns& rows, const BoxColumns& cols, PairList& out);

  private:
    void sort(const BoxColumns& cols);

    std::vector<int> order_;    // columns by their left edges
    BoxColumns sorted_;         // in that order
    std::vector<float> reach_;  // the rightmost edge of sorted_[0] to sorted_[k]
};

}  // namespace saccade::track
