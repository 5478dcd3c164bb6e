// A constant-velocity Kalman filter of one coordinate, in real time.
//
// The trackers' published filters (SORT, ByteTrack) hold 7 or 8 numbers, yet their transition,
// measurement and noise matrices never mix two coordinates: each is exactly a set of these.
#pragma once

namespace saccade::track {

/// Frames per second at which the published per-frame noises hold.
inline constexpr double nominal_rate = 30.0;

/// Process noise added over one nominal frame (1/30 s), as variances of position (unit^2) and of
/// velocity ((unit/frame)^2).
struct AxisNoise {
    double position = 0;
    double velocity = 0;
};

/// What a span of `n` nominal frames adds to the two variances. To the covariance between them it
/// adds `velocity` * n (n - 1) / 2.
[[nodiscard]] constexpr AxisNoise over(double n, const AxisNoise& q) noexcept {
    return {n * q.position + q.velocity * n * (n - 1) * (2 * n - 1) / 6, n * q.velocity};
}

/// State: position (unit), velocity (unit per nominal frame) and their covariance.
///
/// Time: a step of n nominal frames adds the noise that n steps of one frame add,
///     n qp + qv n(n-1)(2n-1)/6   on position,  qv n(n-1)/2  between,  n qv  on velocity,
/// taken as polynomials of a real n. So at 30 fps this is the published filter to the last bit of
/// its matrices, and any way of cutting a time span into steps predicts the same: a dropped frame
/// or a variable rate changes nothing but n. The covariance stays positive definite for every n
/// where qp >= qv / 12, which all published settings keep by far.
struct AxisFilter {
    double position = 0, velocity = 0;
    double pp = 0, pv = 0, vv = 0;  ///< covariance

    [[nodiscard]] static AxisFilter at(double z, double position_variance,
                                       double velocity_variance) noexcept {
        return {z, 0, position_variance, 0, velocity_variance};
    }

    /// `n`: nominal frames, 0 or more, fractions allowed.
    void predict(double n, const AxisNoise& q) noexcept {
        position += n * velocity;
        const AxisNoise added = over(n, q);
        pp += n * (2 * pv + n * vv) + added.position;
        pv += n * vv + q.velocity * n * (n - 1) / 2;
        vv += added.velocity;
    }

    /// Takes a measurement of the position with variance `r` (> 0).
    void update(double z, double r) noexcept {
        const double s = pp + r, kp = pp / s, kv = pv / s, innovation = z - position;
        position += kp * innovation;
        velocity += kv * innovation;
        vv -= kv * pv;  // all of P - K S K^T, written so that it stays symmetric
        pv *= r / s;
        pp *= r / s;
    }
};

}  // namespace saccade::track
