#include "sink/canvas.h"

#include <algorithm>
#include <cmath>

namespace saccade::sink {
namespace {

Rect intersect(Rect a, int width, int height) {
    return {std::max(a.left, 0), std::max(a.top, 0), std::min(a.right, width),
            std::min(a.bottom, height)};
}

/// Into `mask`, which stands for `area`. The larger coverage wins, so joints show no dots.
void segment(Point a, Point b, float radius, float alpha_a, float alpha_b, Rect area,
             std::uint8_t* mask) {
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
        std::uint8_t* row = mask + static_cast<std::ptrdiff_t>(y - area.top) * area.width();
        for (int x = x0; x < x1; ++x) {
            const float px = static_cast<float>(x) + 0.5F - a.x;
            const float t =
                length2 > 0 ? std::clamp((px * dx + py * dy) / length2, 0.0F, 1.0F) : 0.0F;
            const float ex = px - t * dx, ey = py - t * dy;
            const float distance2 = ex * ex + ey * ey;
            if (distance2 >= (radius + 0.5F) * (radius + 0.5F)) continue;
            const float cover = std::min(1.0F, radius + 0.5F - std::sqrt(distance2));
            const float alpha = alpha_a + t * (alpha_b - alpha_a);
            std::uint8_t& at = row[x - area.left];
            at = std::max(at, static_cast<std::uint8_t>(255 * cover * alpha));
        }
    }
}

}  // namespace

Paint Canvas::paint(Rect rect, Rgb color) const noexcept {
    const auto yuv = to_yuv(color, spec_);
    return {.rect = rect, .y = yuv[0], .u = yuv[1], .v = yuv[2]};
}

/// The part `tile` of a mask that stands for `area`; nothing where it is empty.
void Canvas::add_tile(std::span<const std::uint8_t> mask, Rect area, Rect tile, Paint line) {
    const std::size_t begin = list_.masks.size();
    bool any = false;
    for (int y = tile.top; y < tile.bottom; ++y) {
        const auto* const row =
            mask.data() + std::ptrdiff_t{y - area.top} * area.width() + (tile.left - area.left);
        any = any || std::any_of(row, row + tile.width(), [](std::uint8_t a) { return a != 0; });
        list_.masks.insert(list_.masks.end(), row, row + tile.width());
    }
    if (!any) {
        list_.masks.resize(begin);
        return;
    }
    line.mask = static_cast<std::int32_t>(begin);
    list_.paints.push_back(line);
}

void Canvas::fill(Rect rect, Rgb color, int alpha) {
    rect = intersect(rect, width(), height());
    if (rect.width() <= 0 || rect.height() <= 0) return;
    Paint filled = paint(rect, color);
    filled.alpha = static_cast<std::uint8_t>(alpha);
    list_.paints.push_back(filled);
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
    Paint masked = paint(r, color);
    masked.mask = static_cast<std::int32_t>(list_.masks.size());
    for (int row = r.top - y; row < r.bottom - y; ++row) {
        const auto* const from =
            mask.values.data() + std::ptrdiff_t{row} * mask.width + (r.left - x);
        list_.masks.insert(list_.masks.end(), from, from + r.width());
    }
    list_.paints.push_back(masked);
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
    std::vector<std::uint8_t>& mask = list_.scratch;
    mask.assign(static_cast<std::size_t>(area.width()) * static_cast<std::size_t>(area.height()),
                0);
    const auto last = static_cast<float>(points.size() - 1);
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
        const auto index = static_cast<float>(i);
        segment(points[i], points[i + 1], radius, index / last, (index + 1) / last, area,
                mask.data());
    }
    // In tiles, of which a line touches few: what it costs goes by its length, not by its area.
    // They stand on even pixels, so that none cuts a chroma sample.
    constexpr int side = 32;
    for (int y = area.top / side * side; y < area.bottom; y += side) {
        for (int x = area.left / side * side; x < area.right; x += side) {
            const Rect tile{std::max(x, area.left), std::max(y, area.top),
                            std::min(x + side, area.right), std::min(y + side, area.bottom)};
            add_tile(mask, area, tile, paint(tile, color));
        }
    }
}

}  // namespace saccade::sink
