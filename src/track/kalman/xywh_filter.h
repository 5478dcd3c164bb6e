// BoT-SORT's state of a box.
#pragma once

#include <algorithm>
#include <cmath>

#include "track/kalman/box_of.h"
#include "track/kalman/plane_filter.h"
#include "track/tracker.h"

namespace saccade::track {

/// Centre, width and height: BoT-SORT (Aharon et al. 2022). Deviations are parts of the width
/// across and of the height down: 1/20 for a position or a size, 1/160 for a velocity.
class XywhFilter {
  public:
    XywhFilter() = default;
    explicit XywhFilter(const Box& b)
        : w_(AxisFilter::at(b.width(), square(2 * position_weight * b.width()),
                            square(10 * velocity_weight * b.width()))),
          h_(AxisFilter::at(b.height(), square(2 * position_weight * b.height()),
                            square(10 * velocity_weight * b.height()))),
          center_(b.center_x(), b.center_y(), {w_.pp, h_.pp, w_.vv, h_.vv}) {}

    void predict(double n) {
        const AxisNoise qx = noise(w_.position), qy = noise(h_.position);
        center_.predict(n, qx, qy);
        w_.predict(n, qx);
        h_.predict(n, qy);
    }

    void update(const Box& b) {
        const double rx = std::max(square(position_weight * w_.position), min_variance);
        const double ry = std::max(square(position_weight * h_.position), min_variance);
        center_.update(b.center_x(), b.center_y(), rx, ry);
        w_.update(b.width(), rx);
        h_.update(b.height(), ry);
    }

    /// The size of an unseen object stands still.
    void hold_size() noexcept { w_.velocity = h_.velocity = 0; }

    /// The centre's velocity falls to `part` of itself.
    void slow_down(double part) noexcept { center_.slow_down(part); }

    /// The camera moved. Centre and velocity turn and scale with the picture. Sizes only scale: an
    /// upright box does not grow wide because the picture turns, so the paper's use of the rotation
    /// on (w, h) too is left out.
    void move(const CameraMotion& m) {
        Eigen::Matrix2d linear;
        linear << m.a, m.b, m.d, m.e;
        center_.warp(linear, {m.c, m.f});
        const double scale = std::sqrt(std::abs(m.a * m.e - m.b * m.d));
        for (AxisFilter* size : {&w_, &h_}) {
            size->position *= scale, size->velocity *= scale;
            size->pp *= scale * scale, size->pv *= scale * scale, size->vv *= scale * scale;
        }
    }

    /// The camera turned: the centre is elsewhere, and nothing else.
    void shift(double x, double y) noexcept { center_.shift(x, y); }

    [[nodiscard]] Box box() const noexcept {
        return box_of(center_.state()(0), center_.state()(1), w_.position, h_.position);
    }
    [[nodiscard]] float velocity_x() const noexcept { return per_second(center_.state()(2)); }
    [[nodiscard]] float velocity_y() const noexcept { return per_second(center_.state()(3)); }
    [[nodiscard]] const PlaneFilter& center() const noexcept { return center_; }
    [[nodiscard]] const AxisFilter& width() const noexcept { return w_; }
    [[nodiscard]] const AxisFilter& height() const noexcept { return h_; }

  private:
    static constexpr double position_weight = 1.0 / 20, velocity_weight = 1.0 / 160;
    static constexpr double min_variance = 1e-12;  ///< a size predicted as 0 is still a state
    [[nodiscard]] static AxisNoise noise(double size) noexcept {
        return {square(position_weight * size), square(velocity_weight * size)};
    }

    AxisFilter w_, h_;
    PlaneFilter center_;
};

}  // namespace saccade::track
