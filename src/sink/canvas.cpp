#include "sink/canvas.h"

#include <algorithm>
#include <cmath>

namespace saccade::sink {
namespace {

std::uint8_t mix(int from, int to, int alpha) {
    // Exact division by 255 with rounding.
    const int v = from * (255 - alpha) + to * alpha + 128;
    return static_cast<std::uint8_t>((v + (v >> 8)) >> 8);
}

Rect intersect(Rect a, int width, int height) {
    return {std::max(a.left, 0), std::max(a.top, 0), std::min(a.right, width),
            std::min(a.bottom, height)};
}

}  // namespace

void Canvas::fill(Rect rect, Rgb color, int alpha) {
    rect = intersect(rect, width(), height());
    if (rect.width() <= 0 || rect.height() <= 0) return;
    const auto yuv = to_yuv(color, picture_.color);
    for (int y = rect.top; y < rect.bottom; ++y) {
        std::uint8_t* row = picture_.plane(0).row(y);
        if (alpha == 255) {
            std::fill(row + rect.left, row + rect.right, yuv[0]);
        } else {
            for (int x = rect.left; x < rect.right; ++x) row[x] = mix(row[x], yuv[0], alpha);
        }
    }
    const auto covered = [](int cell, int from, int to) {  // of the cell's two pixels
        return std::min(2 * cell + 2, to) - std::max(2 * cell, from);
    };
    for (int cy = rect.top / 2; cy <= (rect.bottom - 1) / 2; ++cy) {
        const int rows = covered(cy, rect.top, rect.bottom);
        for (std::size_t c = 1; c < 3; ++c) {
            std::uint8_t* row = picture_.plane(c).row(cy);
            for (int cx = rect.left / 2; cx <= (rect.right - 1) / 2; ++cx) {
                const int quarter = rows * covered(cx, rect.left, rect.right);
                row[cx] = mix(row[cx], yuv[c], alpha * quarter / 4);
            }
        }
    }
}

void Canvas::outline(Rect r, int thickness, Rgb color) {
    const int t = std::min({thickness, (r.width() + 1) / 2, (r.height() + 1) / 2});
    if (t <= 0) return;
    fill({r.left, r.top, r.right, r.top + t}, color);
    fill({r.left, r.bottom - t, r.right, r.bottom}, color);
    fill({r.left, r.top + t, r.left + t, r.bottom - t}, color);
    fill({r.right - t, r.top + t, r.right, r.bottom - t}, color);
}

void Canvas::blend(const Coverage& mask, int x, int y, Rgb color) {
    const Rect r = intersect({x, y, x + mask.width, y + mask.height}, width(), height());
    if (r.width() <= 0 || r.height() <= 0) return;
    const auto yuv = to_yuv(color, picture_.color);
    const auto at = [&](int px, int py) -> int {
        if (px < r.left || px >= r.right || py < r.top || py >= r.bottom) return 0;
        return mask.values[static_cast<std::size_t>((py - y) * mask.width + (px - x))];
    };
    for (int py = r.top; py < r.bottom; ++py) {
        std::uint8_t* row = picture_.plane(0).row(py);
        const std::uint8_t* cover = &mask.values[static_cast<std::size_t>((py - y) * mask.width)];
        for (int px = r.left; px < r.right; ++px) {
            const int alpha = cover[px - x];
            if (alpha != 0) row[px] = mix(row[px], yuv[0], alpha);
        }
    }
    for (int cy = r.top / 2; cy <= (r.bottom - 1) / 2; ++cy) {
        std::uint8_t* u = picture_.plane(1).row(cy);
        std::uint8_t* v = picture_.plane(2).row(cy);
        for (int cx = r.left / 2; cx <= (r.right - 1) / 2; ++cx) {
            const int alpha = (at(2 * cx, 2 * cy) + at(2 * cx + 1, 2 * cy) +
                               at(2 * cx, 2 * cy + 1) + at(2 * cx + 1, 2 * cy + 1) + 2) /
                              4;
            if (alpha == 0) continue;
            u[cx] = mix(u[cx], yuv[1], alpha);
            v[cx] = mix(v[cx], yuv[2], alpha);
        }
    }
}

void Canvas::polyline(std::span<const Point> points, float thickness, Rgb color) {
    if (points.size() < 2) return;
    const float radius = 0.5F * thickness, reach = radius + 1;
    float left = points[0].x, top = points[0].y, right = left, bottom = top;
    for (const Point& p : points) {
        left = std::min(left, p.x);
        top = std::min(top, p.y);
        right = std::max(right, p.x);
        bottom = std::max(bottom, p.y);
    }
    // Clamped as floats: a coordinate may be beyond any int.
    const auto pixel = [](float v, int limit) {
        return static_cast<int>(std::clamp(std::floor(v), -1.0F, static_cast<float>(limit)));
    };
    const Rect area =
        intersect({pixel(left - reach, width()), pixel(top - reach, height()),
                   pixel(right + reach, width()) + 1, pixel(bottom + reach, height()) + 1},
                  width(), height());
    if (area.width() <= 0 || area.height() <= 0) return;
    mask_.assign(static_cast<std::size_t>(area.width()) * static_cast<std::size_t>(area.height()),
                 0);
    const auto last = static_cast<float>(points.size() - 1);
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const auto index = static_cast<float>(i);
        segment(points[i], points[i + 1], radius, index / last, (index + 1) / last, area);
    }
    blend({mask_, area.width(), area.height()}, area.left, area.top, color);
}

/// Into mask_, which stands for `area`. The larger coverage wins, so joints show no dots.
void Canvas::segment(Point a, Point b, float radius, float alpha_a, float alpha_b, Rect area) {
    const float dx = b.x - a.x, dy = b.y - a.y;
    const float length2 = dx * dx + dy * dy;
    const float reach = radius + 1;
    const auto clamp_to = [](float v, int low, int high) {
        return static_cast<int>(
            std::clamp(std::floor(v), static_cast<float>(low), static_cast<float>(high)));
    };
    const int x0 = clamp_to(std::min(a.x, b.x) - reach, area.left, area.right);
    const int x1 = clamp_to(std::max(a.x, b.x) + reach + 1, area.left, area.right);
    const int y0 = clamp_to(std::min(a.y, b.y) - reach, area.top, area.bottom);
    const int y1 = clamp_to(std::max(a.y, b.y) + reach + 1, area.top, area.bottom);
    for (int y = y0; y < y1; ++y) {
        const float py = static_cast<float>(y) + 0.5F - a.y;
        std::uint8_t* row = mask_.data() + static_cast<std::ptrdiff_t>(y - area.top) * area.width();
        for (int x = x0; x < x1; ++x) {
            const float px = static_cast<float>(x) + 0.5F - a.x;
            const float t =
                length2 > 0 ? std::clamp((px * dx + py * dy) / length2, 0.0F, 1.0F) : 0.0F;
            const float ex = px - t * dx, ey = py - t * dy;
            const float distance2 = ex * ex + ey * ey;
            if (distance2 >= (radius + 0.5F) * (radius + 0.5F)) continue;
            const float cover = std::min(1.0F, radius + 0.5F - std::sqrt(distance2));
            const float alpha = alpha_a + t * (alpha_b - alpha_a);
            std::uint8_t& mask = row[x - area.left];
            mask = std::max(mask, static_cast<std::uint8_t>(255 * cover * alpha));
        }
    }
}

}  // namespace saccade::sink
