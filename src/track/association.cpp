#include "track/association.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace saccade::track {

std::span<const Association::Edge> Association::edges_of(int row) const noexcept {
    const auto r = static_cast<std::size_t>(row);
    return {edges_.data() + first_edge_[r], first_edge_[r + 1] - first_edge_[r]};
}

int Association::root_of(int row) noexcept {
    while (parent_[row] != row) row = parent_[row] = parent_[parent_[row]];
    return row;
}

// Keeps the pairs within the gate and joins the rows that compete for a column.
void Association::gate(const Matrix& cost, float limit) {
    const auto rows = cost.rows(), cols = cost.cols();
    edges_.clear();
    first_edge_.assign(1, 0);
    parent_.resize(rows);
    row_reaching_.assign(cols, -1);
    for (std::size_t r = 0; r < rows; ++r) {
        parent_[r] = static_cast<int>(r);
        const float* of = cost.row(r);
        for (std::size_t c = 0; c < cols; ++c) {
            if (!(of[c] <= limit)) continue;  // NaN too
            edges_.push_back({static_cast<int>(c), of[c]});
            if (row_reaching_[c] < 0) {
                row_reaching_[c] = static_cast<int>(r);
                continue;
            }
            const auto [low, high] =
                std::minmax({root_of(row_reaching_[c]), root_of(static_cast<int>(r))});
            parent_[high] = low;
        }
        first_edge_.push_back(edges_.size());
    }
}

void Association::solve(const Matrix& cost, float limit) {
    const auto rows = cost.rows(), cols = cost.cols();
    gate(cost, limit);
    col_of_row_.assign(rows, -1);
    row_of_col_.assign(cols, -1);
    slot_of_col_.assign(cols, -1);
    next_in_group_.assign(rows, -1);
    group_end_.resize(rows);
    for (int r = 0; r < static_cast<int>(rows); ++r) {
        const int root = root_of(r);
        if (root != r) next_in_group_[group_end_[root]] = r;
        group_end_[root] = r;
    }
    for (int r = 0; r < static_cast<int>(rows); ++r) {
        if (parent_[r] == r && !edges_of(r).empty()) solve_group(r, limit);
    }

    matches_.clear();
    rows_left_.clear();
    cols_left_.clear();
    for (int r = 0; r < static_cast<int>(rows); ++r) {
        if (const int c = col_of_row_[r]; c >= 0) {
            matches_.push_back({r, c});
            row_of_col_[c] = r;
        } else {
            rows_left_.push_back(r);
        }
    }
    for (int c = 0; c < static_cast<int>(cols); ++c) {
        if (row_of_col_[c] < 0) cols_left_.push_back(c);
    }
}

void Association::solve_group(int first, float limit) {
    if (next_in_group_[first] < 0) {  // one row: its cheapest column, the lowest of equals
        const auto edges = edges_of(first);
        col_of_row_[first] =
            std::min_element(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
                return a.cost < b.cost;
            })->col;
        return;
    }
    group_rows_.clear();
    group_cols_.clear();
    for (int r = first; r >= 0; r = next_in_group_[r]) {
        group_rows_.push_back(r);
        for (const Edge& e : edges_of(r)) {
            if (slot_of_col_[e.col] >= 0) continue;
            slot_of_col_[e.col] = static_cast<int>(group_cols_.size());
            group_cols_.push_back(e.col);
        }
    }
    const std::size_t rows = group_rows_.size(), cols = group_cols_.size();
    group_cost_.assign(rows * cols, AssignmentSolver::no_limit);
    for (std::size_t i = 0; i < rows; ++i) {
        for (const Edge& e : edges_of(group_rows_[i])) {
            group_cost_[i * cols + static_cast<std::size_t>(slot_of_col_[e.col])] = e.cost;
        }
    }
    const auto solved = solver_.solve(group_cost_, rows, cols, limit);
    assert(solved && "a float is never beyond 1e100");
    for (std::size_t i = 0; i < rows; ++i) {
        if (const int slot = solved->column_of_row[i]; slot >= 0) {
            col_of_row_[group_rows_[i]] = group_cols_[static_cast<std::size_t>(slot)];
        }
    }
}

}  // namespace saccade::track
