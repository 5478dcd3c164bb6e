// Drawing on a Picture: rectangles, glyphs and soft lines. Everything is clipped to the picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sink/picture.h"
#include "sink/rgb.h"

namespace saccade::sink {

/// Whole pixels; right and bottom are exclusive.
struct Rect {
    int left = 0, top = 0, right = 0, bottom = 0;
    [[nodiscard]] int width() const noexcept { return right - left; }
    [[nodiscard]] int height() const noexcept { return bottom - top; }
};

/// 8-bit coverage of a rectangle of pixels, rows without gaps.
struct Coverage {
    std::span<const std::uint8_t> values;
    int width = 0, height = 0;
};

struct Point {
    float x = 0, y = 0;
};

/// Colours are sRGB and mixed in the picture's own codes. Chroma follows coverage exactly: a chroma
/// sample takes the mean coverage of its four pixels.
class Canvas {
  public:
    /// `scratch` is memory for polyline(), so that a caller can keep it from frame to frame.
    Canvas(Picture& picture, std::vector<std::uint8_t>& scratch)
        : picture_(picture), mask_(scratch) {}

    [[nodiscard]] int width() const noexcept { return picture_.width(); }
    [[nodiscard]] int height() const noexcept { return picture_.height(); }

    /// `alpha` from 0 to 255.
    void fill(Rect rect, Rgb color, int alpha = 255);
    /// Four bars of `thickness`, inside `rect`.
    void outline(Rect rect, int thickness, Rgb color);
    /// Top left corner of `mask` at (x, y).
    void blend(const Coverage& mask, int x, int y, Rgb color);

    /// A line through `points` with round ends, `thickness` wide, drawn once where it crosses
    /// itself. It fades towards the first point.
    void polyline(std::span<const Point> points, float thickness, Rgb color);

  private:
    void segment(Point a, Point b, float radius, float alpha_a, float alpha_b, Rect area);

    Picture& picture_;
    std::vector<std::uint8_t>& mask_;
};

}  // namespace saccade::sink
