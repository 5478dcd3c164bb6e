// ByteTrack's state of a box.
#pragma once

#include <algorithm>

#include "track/kalman/box_of.h"

namespace saccade::track {

/// Centre, aspect ratio (w / h) and height: ByteTrack's state, from DeepSORT (Wojke et al. 2017).
/// Deviations are parts of the height: 1/20 of it for a position, 1/160 for a velocity.
class XyahFilter {
  public:
    XyahFilter() = default;
    explicit XyahFilter(const Box& b) noexcept {
        const double h = b.height();
        const double p = square(2 * position_weight * h);
        const double v = square(10 * velocity_weight * h);
        x_ = AxisFilter::at(b.center_x(), p, v);
        y_ = AxisFilter::at(b.center_y(), p, v);
        a_ = AxisFilter::at(b.width() / h, 1e-4, 1e-10);
        h_ = AxisFilter::at(h, p, v);
    }

    void predict(double n) noexcept {
        const double h = h_.position;
        const AxisNoise q{square(position_weight * h), square(velocity_weight * h)};
        x_.predict(n, q);
        y_.predict(n, q);
        a_.predict(n, {1e-4, 1e-10});
        h_.predict(n, q);
    }

    void update(const Box& b) noexcept {
        const double r = std::max(square(position_weight * h_.position), min_variance);
        x_.update(b.center_x(), r);
        y_.update(b.center_y(), r);
        a_.update(b.width() / b.height(), 1e-2);
        h_.update(b.height(), r);
    }

    /// The height of an unseen object stands still.
    void hold_size() noexcept { h_.velocity = 0; }

    [[nodiscard]] Box box() const noexcept {
        return box_of(x_.position, y_.position, a_.position * h_.position, h_.position);
    }
    /// Of the centre, px/s.
    [[nodiscard]] float velocity_x() const noexcept { return per_second(x_.velocity); }
    [[nodiscard]] float velocity_y() const noexcept { return per_second(y_.velocity); }
    [[nodiscard]] const AxisFilter& x() const noexcept { return x_; }
    [[nodiscard]] const AxisFilter& y() const noexcept { return y_; }
    [[nodiscard]] const AxisFilter& aspect() const noexcept { return a_; }
    [[nodiscard]] const AxisFilter& height() const noexcept { return h_; }

  private:
    static constexpr double position_weight = 1.0 / 20, velocity_weight = 1.0 / 160;
    static constexpr double min_variance = 1e-12;  ///< a height predicted as 0 is still a state
    AxisFilter x_, y_, a_, h_;
};

}  // namespace saccade::track
