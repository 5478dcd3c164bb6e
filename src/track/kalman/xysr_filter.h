// SORT's state of a box.
#pragma once

#include <algorithm>
#include <cmath>

#include "track/kalman/box_of.h"

namespace saccade::track {

/// Centre, area ("scale") and aspect ratio (w / h), the ratio without a velocity: SORT (Bewley et
/// al. 2016) and OC-SORT (Cao et al. 2023). Noises are in px, whatever the object's size, as
/// published with SORT.
class XysrFilter {
  public:
    XysrFilter() = default;
    explicit XysrFilter(const Box& b) noexcept
        : x_(AxisFilter::at(b.center_x(), 10, 1e4)),
          y_(AxisFilter::at(b.center_y(), 10, 1e4)),
          s_(AxisFilter::at(b.area(), 10, 1e4)),
          r_(AxisFilter::at(b.width() / b.height(), 10, 0)) {}

    void predict(double n) noexcept {
        if (s_.position + n * s_.velocity <= 0) s_.velocity = 0;  // an area stays one
        x_.predict(n, {1, 0.01});
        y_.predict(n, {1, 0.01});
        s_.predict(n, {1, 1e-4});
        r_.predict(n, {1, 0});
    }

    void update(const Box& b) noexcept {
        x_.update(b.center_x(), 1);
        y_.update(b.center_y(), 1);
        s_.update(b.area(), 10);
        r_.update(b.width() / b.height(), 10);
    }

    [[nodiscard]] Box box() const noexcept {
        const double s = std::max(s_.position, 0.0), r = std::max(r_.position, 0.0);
        const double w = std::sqrt(s * r);
        return box_of(x_.position, y_.position, w, w > 0 ? s / w : 0);
    }
    [[nodiscard]] float velocity_x() const noexcept { return per_second(x_.velocity); }
    [[nodiscard]] float velocity_y() const noexcept { return per_second(y_.velocity); }
    [[nodiscard]] const AxisFilter& x() const noexcept { return x_; }
    [[nodiscard]] const AxisFilter& y() const noexcept { return y_; }
    [[nodiscard]] const AxisFilter& area() const noexcept { return s_; }
    [[nodiscard]] const AxisFilter& aspect() const noexcept { return r_; }

  private:
    AxisFilter x_, y_, s_, r_;
};

}  // namespace saccade::track
