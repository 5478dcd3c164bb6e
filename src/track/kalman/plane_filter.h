// A constant-velocity Kalman filter of a point in the picture whose two coordinates may be mixed.
//
// Needed where a camera motion with a rotation is applied: it correlates x with y, which a pair of
// AxisFilter can't hold. Without one it equals such a pair.
#pragma once

#include <Eigen/Core>
#include <cmath>

#include "track/kalman/axis_filter.h"

namespace saccade::track {

/// State (x, y, vx, vy): px and px per nominal frame. Time steps as in AxisFilter.
class PlaneFilter {
  public:
    PlaneFilter() = default;
    PlaneFilter(double x, double y, const Eigen::Vector4d& variances)
        : state_(x, y, 0, 0), covariance_(variances.asDiagonal()) {}

    /// `n`: nominal frames, 0 or more.
    void predict(double n, const AxisNoise& qx, const AxisNoise& qy) {
        const Eigen::Matrix2d pv = covariance_.topRightCorner<2, 2>();
        const Eigen::Matrix2d vv = covariance_.bottomRightCorner<2, 2>();
        state_.head<2>() += n * state_.tail<2>();
        covariance_.topLeftCorner<2, 2>() += n * (pv + pv.transpose()) + n * n * vv;
        covariance_.topRightCorner<2, 2>() += n * vv;
        const AxisNoise* axis[] = {&qx, &qy};
        for (int i = 0; i < 2; ++i) {
            const AxisNoise q = over(n, *axis[i]);
            covariance_(i, i) += q.position;
            covariance_(i, i + 2) += n * (n - 1) / 2 * axis[i]->velocity;
            covariance_(i + 2, i + 2) += q.velocity;
        }
        covariance_.bottomLeftCorner<2, 2>() = covariance_.topRightCorner<2, 2>().transpose();
    }

    /// Takes a measurement with variances `rx` and `ry` (> 0): one coordinate after the other,
    /// which is the joint update because their noises are independent.
    void update(double x, double y, double rx, double ry) {
        update_one(0, x, rx);
        update_one(1, y, ry);
    }

    /// The picture itself was moved: p -> m p + t, velocities turn with it.
    void warp(const Eigen::Matrix2d& m, const Eigen::Vector2d& t) {
        Eigen::Matrix4d all = Eigen::Matrix4d::Zero();
        all.topLeftCorner<2, 2>() = m;
        all.bottomRightCorner<2, 2>() = m;
        state_ = (all * state_).eval();
        state_.head<2>() += t;
        covariance_ = (all * covariance_ * all.transpose()).eval();
        covariance_ = (0.5 * (covariance_ + covariance_.transpose())).eval();
    }

    /// As warp() by a translation alone.
    void shift(double x, double y) noexcept {
        state_(0) += x;
        state_(1) += y;
    }

    /// The velocity is believed to have fallen to `part` of itself; how sure that is, stays.
    void slow_down(double part) noexcept { state_.tail<2>() *= part; }

    [[nodiscard]] const Eigen::Vector4d& state() const noexcept { return state_; }
    [[nodiscard]] const Eigen::Matrix4d& covariance() const noexcept { return covariance_; }

  private:
    void update_one(int i, double z, double r) {
        const Eigen::Vector4d column = covariance_.col(i);
        const double s = column(i) + r;
        const Eigen::Vector4d part = column / std::sqrt(s);  // so that it stays symmetric
        state_ += column * ((z - state_(i)) / s);
        covariance_ -= part * part.transpose();
        // Written apart, so that a tiny noise can't cancel it to 0.
        covariance_(i, i) = column(i) * r / s;
    }

    Eigen::Vector4d state_ = Eigen::Vector4d::Zero();
    Eigen::Matrix4d covariance_ = Eigen::Matrix4d::Identity();
};

}  // namespace saccade::track
