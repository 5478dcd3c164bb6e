// Drawing, as a list of what is to be painted: rectangles, glyphs and soft lines. Everything is
// clipped to the picture.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/frame.h"
#include "sink/paint.h"
#include "sink/rgb.h"

namespace saccade::sink {

/// 8-bit coverage of a rectangle of pixels, rows without gaps.
struct Coverage {
    std::span<const std::uint8_t> values;
    int width = 0, height = 0;
};

struct Point {
    float x = 0, y = 0;
};

/// Colours are sRGB and mixed in the picture's own codes. Chroma follows coverage exactly: a chroma
/// sample takes the mean coverage of its four pixels. paint.h says how a list gets into pixels.
class Canvas {
  public:
    /// Of width x height px, whose codes `spec` tells. Paints are added to `list`.
    Canvas(int width, int height, const ColorSpec& spec, PaintList& list)
        : width_(width), height_(height), spec_(spec), list_(list) {}

    [[nodiscard]] int width() const noexcept { return width_; }
    [[nodiscard]] int height() const noexcept { return height_; }

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
    [[nodiscard]] Paint paint(Rect rect, Rgb color) const noexcept;
    void add_tile(std::span<const std::uint8_t> mask, Rect area, Rect tile, Paint line);

    int width_, height_;
    ColorSpec spec_;
    PaintList& list_;
};

}  // namespace saccade::sink
