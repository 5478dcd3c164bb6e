// The ground as a camera sees it: a plane with metres on it.
#pragma once

#include <array>
#include <optional>

#include "saccade/error.h"
#include "track/point.h"

namespace saccade::track {

/// A point of the ground, seen from above: y lies to the left of x, as on maps.
struct GroundPoint {
    double x = 0, y = 0;  ///< m
};

/// A homography from pixels to metres (Hartley and Zisserman, Multiple View Geometry, 2nd edition,
/// chapters 2 and 4). It holds where the lens bends no straight lines and the ground is flat.
/// Immutable; any thread.
class GroundPlane {
  public:
    using Matrix = std::array<double, 9>;  ///< row by row

    /// From where four points of the ground are in the picture. Errors: invalid_argument where
    /// three of them lie on one line, where no camera sees them so (one would be behind the
    /// horizon), or where metres and pixels turn the same way round (mirrored).
    static Result<GroundPlane> of_points(const std::array<Point, 4>& pixels,
                                         const std::array<GroundPoint, 4>& metres);

    /// From the matrix that takes (x, y, 1) in px to metres times a factor; of any scale and sign.
    /// Errors: invalid_argument where it can't be inverted; where it is mirrored, as far as that
    /// shows without a picture (see reaches()).
    static Result<GroundPlane> of_homography(const Matrix& to_metres);

    /// Nothing for what is less than a pixel below the horizon, or above it.
    [[nodiscard]] std::optional<GroundPoint> at(double x, double y) const;
    [[nodiscard]] std::optional<GroundPoint> at(Point p) const { return at(p.x, p.y); }

    /// Where a point of the ground is in the picture, or beside it; nothing behind the camera.
    [[nodiscard]] std::optional<Point> pixel_of(GroundPoint p) const;

    /// Metres by which a point of the ground moves when it moves by a pixel across and down:
    /// {dx/dx, dx/dy, dy/dx, dy/dy}. For points that at() has.
    [[nodiscard]] std::array<double, 4> metres_per_pixel(Point p) const;

    /// Whether it is the ground that a picture of this size shows at the middle of its lower edge.
    [[nodiscard]] bool reaches(int width, int height) const;

  private:
    explicit GroundPlane(const Matrix& to_metres, const Matrix& to_pixels)
        : to_metres_(to_metres), to_pixels_(to_pixels) {}

    Matrix to_metres_;  ///< the third coordinate is above 0 in front of the horizon
    Matrix to_pixels_;  ///< its inverse, likewise
};

}  // namespace saccade::track
