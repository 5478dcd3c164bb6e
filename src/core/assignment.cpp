#include "core/assignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade {
namespace {

constexpr double infinity = AssignmentSolver::no_limit;
constexpr double largest = 1e100;  // sums and differences of a few of these stay finite

bool acceptable(double cost) noexcept {
    return std::abs(cost) <= largest || cost == infinity;
}

}  // namespace

Result<Assignment> AssignmentSolver::solve(std::span<const double> cost, std::size_t rows,
                                           std::size_t cols, double max_cost) {
    if (auto ready = prepare(cost, rows, cols, max_cost); !ready) return fail(ready.error());
    reduce_rows();
    for (const int start : free_) augment(start);

    Assignment result;
    const bool swapped = rows > cols;
    result.column_of_row = swapped ? row_of_ : column_of_;
    result.row_of_column = swapped ? column_of_ : row_of_;
    for (std::size_t r = 0; r < rows; ++r) {
        if (const int c = result.column_of_row[r]; c >= 0) {
            result.cost += cost[r * cols + static_cast<std::size_t>(c)];
            ++result.pairs;
        }
    }
    return result;
}

Result<void> AssignmentSolver::prepare(std::span<const double> cost, std::size_t rows,
                                       std::size_t cols, double max_cost) {
    if (cost.size() != rows * cols) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("assignment: {} costs for {} rows and {} columns", cost.size(),
                                rows, cols));
    }
    if (!acceptable(max_cost)) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("assignment: a cost limit of {}", max_cost),
                    "give a finite limit up to 1e100, or none");
    }
    const bool swapped = rows > cols;
    height_ = swapped ? cols : rows;
    width_ = swapped ? rows : cols;
    cost_.resize(cost.size());
    bool forbidden = false;
    double magnitude = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c) {
            double value = cost[r * cols + c];
            if (!acceptable(value)) {
                return fail(ErrorCode::invalid_argument,
                            fmt::format("assignment: cost {} at row {}, column {}", value, r, c),
                            "costs are finite numbers up to 1e100, or +infinity");
            }
            if (value > max_cost || value == infinity) {
                value = infinity;
                forbidden = true;
            } else {
                magnitude = std::max(magnitude, std::abs(value));
            }
            cost_[swapped ? c * width_ + r : r * width_ + c] = value;
        }
    }
    // Without a limit an exit is dearer than anything one more pair can cost the others.
    exit_ = max_cost;
    if (max_cost == infinity && forbidden) {
        exit_ = (2.0 * static_cast<double>(height_) + 1.0) * magnitude + 1.0;
    }

    potential_.assign(width_, 0.0);
    column_of_.assign(height_, -1);
    row_of_.assign(width_, -1);
    distance_.resize(width_);
    before_.resize(width_);
    open_.reserve(width_);
    scanned_.reserve(width_);
    free_.resize(height_);
    displaced_.reserve(height_);
    for (std::size_t i = 0; i < height_; ++i) free_[i] = static_cast<int>(i);
    return {};
}

// Each row bids for its cheapest column, as far as its second choice allows; a row that is outbid
// tries once more. What is left in free_ needs a path.
void AssignmentSolver::reduce_rows() {
    if (width_ == 0) free_.clear();
    for (int pass = 0; pass < 2; ++pass) {
        displaced_.clear();
        for (const int i : free_) {
            const double* c = row(i);
            double best = infinity, second = infinity;
            int best_column = -1, second_column = -1;
            for (std::size_t j = 0; j < width_; ++j) {
                const double reduced = c[j] - potential_[j];
                if (reduced >= second) continue;
                if (reduced < best) {
                    second = std::exchange(best, reduced);
                    second_column = std::exchange(best_column, static_cast<int>(j));
                } else {
                    second = reduced;
                    second_column = static_cast<int>(j);
                }
            }
            if (exit_ < best) continue;  // potentials only fall, so it would leave later too
            if (exit_ < second) {
                second = exit_;
                second_column = -1;
            }
            if (second == infinity) {  // no second choice that could name a price
                if (row_of_[static_cast<std::size_t>(best_column)] >= 0) {
                    displaced_.push_back(i);
                    continue;
                }
            } else if (best < second) {
                potential_[static_cast<std::size_t>(best_column)] -= second - best;
            } else if (row_of_[static_cast<std::size_t>(best_column)] >= 0) {
                if (second_column < 0) continue;  // the exit is as good
                best_column = second_column;
            }
            int& owner = row_of_[static_cast<std::size_t>(best_column)];
            if (owner >= 0) {
                column_of_[static_cast<std::size_t>(owner)] = -1;
                displaced_.push_back(owner);
            }
            owner = i;
            column_of_[static_cast<std::size_t>(i)] = best_column;
        }
        free_.swap(displaced_);
    }
}

// Dijkstra over the columns from an unmatched row to the nearest free column or exit.
void AssignmentSolver::augment(int start) {
    open_.resize(width_);
    scanned_.clear();
    for (std::size_t j = 0; j < width_; ++j) {
        open_[j] = static_cast<int>(j);
        distance_[j] = infinity;
    }
    int at = start, end_column = -1, exit_row = start;
    double passed = 0;  // reduced length from `start` to `at`
    double offset = 0;  // of row `at`: its cost less this is the length by way of it
    double exit_distance = exit_;
    while (true) {
        const double* c = row(at);
        double nearest = infinity;
        std::size_t nearest_slot = 0;
        bool nearest_is_free = false;
        for (std::size_t slot = 0; slot < open_.size(); ++slot) {
            const auto j = static_cast<std::size_t>(open_[slot]);
            const double length = c[j] - potential_[j] - offset;
            if (length < distance_[j]) {
                distance_[j] = length;
                before_[j] = at;
            }
            if (distance_[j] > nearest || distance_[j] == infinity) continue;
            const bool is_free = row_of_[j] < 0;
            if (distance_[j] < nearest || (is_free && !nearest_is_free)) {
                nearest = distance_[j];
                nearest_slot = slot;
                nearest_is_free = is_free;
            }
        }
        if (exit_ - offset < exit_distance) {
            exit_distance = exit_ - offset;
            exit_row = at;
        }
        if (exit_distance < nearest) {
            passed = exit_distance;
            break;
        }
        passed = nearest;
        const int column = open_[nearest_slot];
        if (nearest_is_free) {
            end_column = column;
            break;
        }
        open_[nearest_slot] = open_.back();
        open_.pop_back();
        scanned_.push_back(column);
        const auto j = static_cast<std::size_t>(column);
        at = row_of_[j];
        offset = row(at)[j] - potential_[j] - nearest;
    }
    for (const int column : scanned_) {
        const auto j = static_cast<std::size_t>(column);
        potential_[j] += distance_[j] - passed;
    }
    if (end_column < 0) {  // exit_row gives up its column (none if it is `start` itself)
        end_column = std::exchange(column_of_[static_cast<std::size_t>(exit_row)], -1);
    }
    while (end_column >= 0) {
        const int r = before_[static_cast<std::size_t>(end_column)];
        row_of_[static_cast<std::size_t>(end_column)] = r;
        end_column = std::exchange(column_of_[static_cast<std::size_t>(r)], end_column);
    }
}

}  // namespace saccade
