// Turning and mirroring pictures, so that they stand as a viewer should see them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/frame.h"

namespace saccade::media {

/// One of the eight ways to lay a picture on its pixel grid: first mirrored along its main diagonal
/// (rows become columns) where `transpose`, then left to right where `flip_x` and top to bottom
/// where `flip_y`, in the axes of the result.
struct Orientation {
    bool transpose = false, flip_x = false, flip_y = false;

    [[nodiscard]] bool upright() const noexcept { return !transpose && !flip_x && !flip_y; }
    friend bool operator==(const Orientation&, const Orientation&) = default;
};

/// From a display matrix of 9 fixed-point values, row major, as ISO 14496-12 (6.2.2) defines and
/// libavutil/display.h lays out. Angles off the right ones are rounded to the nearest of them.
Orientation orientation_of(const std::int32_t* matrix) noexcept;

/// One plane's picture elements: width and height of the *source* plane, in elements of
/// `element_bytes` (1, 2, 3 or 4: an interleaved UV pair or an RGB triple is one element).
struct PlaneSize {
    int width, height, element_bytes;
};

/// Writes the source plane, so oriented, to `target`. The two must not overlap. Strides in bytes,
/// of either sign.
void orient_plane(const std::uint8_t* source, std::ptrdiff_t source_stride, PlaneSize size,
                  Orientation orientation, std::uint8_t* target, std::ptrdiff_t target_stride);

/// Size of plane `index` of a width x height picture in `format`.
PlaneSize plane_size(PixelFormat format, int width, int height, int index) noexcept;

}  // namespace saccade::media
