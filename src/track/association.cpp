#include "track/association.h"

#include <algorithm>
#include <utility>

namespace saccade::track {

void Association::solve(const PairList& pairs, float limit) {
    const auto rows = static_cast<int>(pairs.rows()), cols = static_cast<int>(pairs.cols());
    pairs_ = &pairs;
    limit_ = limit;
    search_ = 0;
    columns_.assign(pairs.cols(), {});
    col_of_row_.assign(pairs.rows(), -1);
    cost_of_row_.resize(pairs.rows());
    for (int r = 0; r < rows; ++r) {
        if (!place_freely(r)) place(r);
    }

    matches_.clear();
    rows_left_.clear();
    cols_left_.clear();
    for (int r = 0; r < rows; ++r) {
        if (const int c = col_of_row_[r]; c >= 0) {
            matches_.push_back({r, c});
        } else {
            rows_left_.push_back(r);
        }
    }
    for (int c = 0; c < cols; ++c) {
        if (columns_[c].row < 0) cols_left_.push_back(c);
    }
}

// What most rows come to: the nearest column (of equals the lowest) is free, or there is none.
bool Association::place_freely(int row) {
    double least = limit_;
    int best = -1;
    float cost_of_best = 0;
    for (const auto& [c, cost] : pairs_->row(static_cast<std::size_t>(row))) {
        if (!(cost <= limit_)) continue;  // NaN too
        const double distance = cost - columns_[c].potential;
        if (distance > least || (distance == least && best >= 0 && c > best)) continue;
        least = distance;
        best = c;
        cost_of_best = cost;
    }
    if (best < 0) return true;
    if (columns_[best].row >= 0) return false;
    columns_[best].row = row;
    col_of_row_[row] = best;
    cost_of_row_[row] = cost_of_best;
    return true;
}

// The columns of a row, `offset` nearer than they cost from here.
void Association::reach_from(int row, double offset) {
    for (const auto& [c, cost] : pairs_->row(static_cast<std::size_t>(row))) {
        if (!(cost <= limit_)) continue;
        Column& column = columns_[c];
        if (column.scanned == search_) continue;
        const double distance = cost - column.potential - offset;
        if (column.reached == search_ && !(distance < column.distance)) continue;
        column.reached = search_;
        column.distance = distance;
        column.before = row;
        column.cost = cost;
        heap_.push_back({distance, c});
        std::push_heap(heap_.begin(), heap_.end());
    }
}

// Dijkstra over the columns from a new row to the nearest that is free, or to the nearest row that
// had better be left without one: each may leave at the price of the limit.
void Association::place(int start) {
    ++search_;
    heap_.clear();
    scanned_.clear();
    int end_col = -1, exit_row = start;
    double exit_distance = limit_, passed = 0;
    reach_from(start, 0);
    while (true) {
        while (!heap_.empty() && columns_[heap_.front().col].scanned == search_) {
            std::pop_heap(heap_.begin(), heap_.end());  // reached again on a shorter way
            heap_.pop_back();
        }
        if (heap_.empty() || exit_distance < heap_.front().distance) {
            passed = exit_distance;
            break;
        }
        const auto [nearest, c] = heap_.front();
        passed = nearest;
        Column& column = columns_[c];
        if (column.row < 0) {
            end_col = c;
            break;
        }
        column.scanned = search_;
        scanned_.push_back(c);
        const int row = column.row;
        const double offset = cost_of_row_[row] - column.potential - nearest;
        if (limit_ - offset < exit_distance) {
            exit_distance = limit_ - offset;
            exit_row = row;
        }
        reach_from(row, offset);
    }
    for (const int c : scanned_) columns_[c].potential += columns_[c].distance - passed;
    // The path is walked back, each row to the column that it was reached by; who exits has none.
    if (end_col < 0) end_col = std::exchange(col_of_row_[exit_row], -1);
    while (end_col >= 0) {
        Column& column = columns_[end_col];
        const int row = column.row = column.before;
        cost_of_row_[row] = column.cost;
        end_col = std::exchange(col_of_row_[row], end_col);
    }
}

}  // namespace saccade::track
