#include "track/ground.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector2d;
using Eigen::Vector3d;

constexpr double flat = 1e-3;      ///< a triangle of less height than this part of its base
constexpr double singular = 1e-9;  ///< smallest singular value against the largest

const char* const mirrored_error =
    "the ground is mirrored: metres go round the other way than pixels";
const char* const unmirror =
    "give metres as seen from above, x to the right and y ahead, or turn the sign of one of them";

double cross(const Vector2d& a, const Vector2d& b) {
    return a.x() * b.y() - a.y() * b.x();
}

bool three_on_a_line(const std::array<Vector2d, 4>& p) {
    for (std::size_t out = 0; out < 4; ++out) {
        const Vector2d &a = p[(out + 1) % 4], &b = p[(out + 2) % 4], &c = p[(out + 3) % 4];
        const double base = std::max({(b - a).norm(), (c - b).norm(), (a - c).norm()});
        if (!(std::abs(cross(b - a, c - a)) > flat * base * base)) return true;
    }
    return false;
}

/// Moves the middle of the points to 0 and their mean distance to 1, so that the equations are well
/// conditioned (Hartley, "In defense of the eight-point algorithm", 1997).
Matrix3d normalization(const std::array<Vector2d, 4>& points) {
    const Vector2d middle = (points[0] + points[1] + points[2] + points[3]) / 4;
    double spread = 0;
    for (const Vector2d& p : points) spread += (p - middle).norm() / 4;
    Matrix3d m;
    m << 1 / spread, 0, -middle.x() / spread, 0, 1 / spread, -middle.y() / spread, 0, 0, 1;
    return m;
}

Vector2d moved(const Matrix3d& m, const Vector2d& p) {
    return (m * p.homogeneous()).hnormalized();
}

GroundPlane::Matrix rows(const Matrix3d& m) {
    GroundPlane::Matrix list{};
    for (int i = 0; i < 9; ++i) list[static_cast<std::size_t>(i)] = m(i / 3, i % 3);
    return list;
}

double third(const GroundPlane::Matrix& m, double x, double y) {
    return m[6] * x + m[7] * y + m[8];
}

}  // namespace

Result<GroundPlane> GroundPlane::of_points(const std::array<Point, 4>& pixels,
                                           const std::array<GroundPoint, 4>& metres) {
    std::array<Vector2d, 4> from, to;
    for (std::size_t i = 0; i < 4; ++i) {
        from[i] = {pixels[i].x, pixels[i].y};
        to[i] = {metres[i].x, metres[i].y};
        if (from[i].allFinite() && to[i].allFinite()) continue;
        return fail(ErrorCode::invalid_argument, "a point of the ground is no finite number");
    }
    for (const bool of_pixels : {true, false}) {
        if (!three_on_a_line(of_pixels ? from : to)) continue;
        return fail(ErrorCode::invalid_argument,
                    std::string("the ground is degenerate: three of its four points lie on one "
                                "line in ") +
                        (of_pixels ? "pixels" : "metres"),
                    "choose points like the corners of a parking space");
    }
    const Matrix3d near = normalization(from), far = normalization(to);
    Eigen::Matrix<double, 8, 8> a;
    Eigen::Matrix<double, 8, 1> b;
    for (int i = 0; i < 4; ++i) {
        const Vector2d p = moved(near, from[static_cast<std::size_t>(i)]);
        const Vector2d q = moved(far, to[static_cast<std::size_t>(i)]);
        a.row(2 * i) << p.x(), p.y(), 1, 0, 0, 0, -q.x() * p.x(), -q.x() * p.y();
        a.row(2 * i + 1) << 0, 0, 0, p.x(), p.y(), 1, -q.y() * p.x(), -q.y() * p.y();
        b(2 * i) = q.x(), b(2 * i + 1) = q.y();
    }
    const Eigen::Matrix<double, 8, 1> h = a.fullPivLu().solve(b);
    Matrix3d normal;
    normal << h(0), h(1), h(2), h(3), h(4), h(5), h(6), h(7), 1;
    Matrix3d m = far.inverse() * normal * near;
    if (m.row(2).dot(from[0].homogeneous()) < 0) m = -m;
    for (const Vector2d& p : from) {
        if (m.allFinite() && m.row(2).dot(p.homogeneous()) > 0) continue;
        return fail(ErrorCode::invalid_argument,
                    "no camera sees these four points of the ground so: one of them would be "
                    "behind the horizon",
                    "list pixels and metres in the same order");
    }
    if (m.determinant() > 0) return fail(ErrorCode::invalid_argument, mirrored_error, unmirror);
    return of_homography(rows(m));
}

Result<GroundPlane> GroundPlane::of_homography(const Matrix& to_metres) {
    Matrix3d m;
    for (int i = 0; i < 9; ++i) m(i / 3, i % 3) = to_metres[static_cast<std::size_t>(i)];
    // In thousands of pixels, so that none of the columns is small by its unit alone.
    const Matrix3d scaled = m * Vector3d(1000, 1000, 1).asDiagonal();
    const Eigen::JacobiSVD<Matrix3d> svd(scaled);
    const auto& values = svd.singularValues();
    if (!m.allFinite() || !(values(2) > singular * values(0))) {
        return fail(ErrorCode::invalid_argument,
                    "the ground is degenerate: its homography can't be inverted",
                    "give the 3 by 3 matrix that takes pixels to metres");
    }
    // Seen from above, metres turn against the pixels, whose y points down: of the two sides of
    // the horizon the ground is the one where they do.
    if (m.determinant() > 0) m = -m;
    const bool level = scaled.row(2).head<2>().norm() < 1e-9 * scaled.row(2).norm();
    if (level && m(2, 2) < 0) return fail(ErrorCode::invalid_argument, mirrored_error, unmirror);
    // (Where the third coordinate w is above 0, that of the way back is 1 / w.)
    return GroundPlane(rows(m), rows(m.inverse()));
}

std::optional<GroundPoint> GroundPlane::at(double x, double y) const {
    const Matrix& m = to_metres_;
    const double w = third(m, x, y);
    if (!(w > std::hypot(m[6], m[7]))) return std::nullopt;
    const GroundPoint p{(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w};
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) return std::nullopt;
    return p;
}

std::optional<Point> GroundPlane::pixel_of(GroundPoint p) const {
    const Matrix& m = to_pixels_;
    const double w = third(m, p.x, p.y);
    if (!(w > 0)) return std::nullopt;
    const Point pixel{static_cast<float>((m[0] * p.x + m[1] * p.y + m[2]) / w),
                      static_cast<float>((m[3] * p.x + m[4] * p.y + m[5]) / w)};
    if (!at(pixel)) return std::nullopt;
    return pixel;
}

std::array<double, 4> GroundPlane::metres_per_pixel(Point p) const {
    const Matrix& m = to_metres_;
    const double w = third(m, p.x, p.y);
    const double x = (m[0] * p.x + m[1] * p.y + m[2]) / w;
    const double y = (m[3] * p.x + m[4] * p.y + m[5]) / w;
    return {(m[0] - x * m[6]) / w, (m[1] - x * m[7]) / w, (m[3] - y * m[6]) / w,
            (m[4] - y * m[7]) / w};
}

bool GroundPlane::reaches(int width, int height) const {
    return at(0.5 * width, height).has_value();
}

}  // namespace saccade::track
