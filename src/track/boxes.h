// Boxes by columns, and the overlap of every pair of two such lists.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "saccade/types.h"

namespace saccade::track {

/// A box that can be followed: finite corners, and a finite area above 0.
[[nodiscard]] inline bool followable(const Box& b) noexcept {
    return std::isfinite(b.x1) && std::isfinite(b.y1) && std::isfinite(b.x2) &&
           std::isfinite(b.y2) && b.width() > 0 && b.height() > 0 && std::isfinite(b.area()) &&
           b.area() > 0;
}

/// Corners and areas in an array each, so that a row of overlaps is one vector loop. Memory is kept
/// by clear().
class BoxColumns {
  public:
    void clear() noexcept { x1.clear(), y1.clear(), x2.clear(), y2.clear(), area.clear(); }
    void push(const Box& b) {
        x1.push_back(b.x1), y1.push_back(b.y1), x2.push_back(b.x2), y2.push_back(b.y2);
        area.push_back(b.area());
    }
    [[nodiscard]] std::size_t size() const noexcept { return x1.size(); }

    std::vector<float> x1, y1, x2, y2, area;
};

/// Row-major rows x cols floats; memory is kept from frame to frame.
class Matrix {
  public:
    void resize(std::size_t rows, std::size_t cols) {
        rows_ = rows, cols_ = cols;
        data_.resize(rows * cols);
    }
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
    [[nodiscard]] float* row(std::size_t r) noexcept { return data_.data() + r * cols_; }
    [[nodiscard]] const float* row(std::size_t r) const noexcept {
        return data_.data() + r * cols_;
    }
    [[nodiscard]] float& at(std::size_t r, std::size_t c) noexcept { return row(r)[c]; }
    [[nodiscard]] float at(std::size_t r, std::size_t c) const noexcept { return row(r)[c]; }

  private:
    std::size_t rows_ = 0, cols_ = 0;
    std::vector<float> data_;
};

/// out[r][c] = intersection over union of rows[r] and cols[c], in [0, 1]; 0 for empty boxes.
void iou_matrix(const BoxColumns& rows, const BoxColumns& cols, Matrix& out);

}  // namespace saccade::track
