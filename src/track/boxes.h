// Boxes by columns, and which of them can be followed.
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

/// Grown on each side by `part` of its size, as in C-BIoU (Yang et al. 2023).
[[nodiscard]] constexpr Box grown(const Box& b, float part) noexcept {
    const float w = part * b.width(), h = part * b.height();
    return {b.x1 - w, b.y1 - h, b.x2 + w, b.y2 + h};
}

/// Corners and areas in an array each. Memory is kept by clear().
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

}  // namespace saccade::track
