#include "track/camera_motion/corners.h"

#include <algorithm>
#include <cmath>

#include "track/boxes.h"

namespace saccade::track {
namespace {

constexpr int border = 8, cell = 20;

/// Least eigenvalue that counts: gradients of 2 grey levels a pixel in both directions, above the
/// noise of cameras and codecs. (25 pixels, and differences over two pixels, squared.)
constexpr float least = 25 * 4 * 2 * 2;

}  // namespace

void CornerFinder::find(const LumaView& picture, std::span<const Box> masked,
                        std::vector<Point>& corners) {
    corners.clear();
    const int w = picture.width, h = picture.height;
    if (w <= 2 * border || h <= 2 * border) return;
    mask(picture, masked);
    for (Products* p :
         {&products_[0], &products_[1], &products_[2], &products_[3], &products_[4], &sums_}) {
        for (auto* row : {&p->xx, &p->xy, &p->yy}) row->assign(static_cast<std::size_t>(w), 0);
    }
    values_.resize(static_cast<std::size_t>(w - 2 * border));
    for (int y = border - radius; y < border + radius; ++y) slide(picture, y);
    for (int top = border; top < h - border; top += cell) {
        best_.assign(static_cast<std::size_t>((w - 2 * border) / cell + 1), {});
        for (int y = top; y < std::min(top + cell, h - border); ++y) {
            slide(picture, y + radius);
            score(y, w);
        }
        for (const Best& b : best_) {
            if (b.value < least) continue;
            corners.push_back({static_cast<float>(b.x), static_cast<float>(b.y)});
        }
    }
}

void CornerFinder::mask(const LumaView& picture, std::span<const Box> boxes) {
    masked_.assign(
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height), 0);
    for (const Box& b : boxes) {
        if (!followable(b)) continue;
        const Box c =
            b.clipped(static_cast<float>(picture.width), static_cast<float>(picture.height));
        const int x1 = static_cast<int>(c.x1), x2 = static_cast<int>(std::ceil(c.x2));
        const int y1 = static_cast<int>(c.y1), y2 = static_cast<int>(std::ceil(c.y2));
        for (int y = y1; y < y2; ++y) {
            std::fill_n(masked_.data() + static_cast<std::ptrdiff_t>(y) * picture.width + x1,
                        x2 - x1, 1);
        }
    }
}

void CornerFinder::slide(const LumaView& picture, int y) {
    motion_kernels().multiply(
        picture.row(y) + 1, picture.row(y - 1) + 1, picture.row(y + 1) + 1, picture.width - 2,
        products_[static_cast<std::size_t>(y % window)].from(1), sums_.from(1));
}

void CornerFinder::score(int y, int width) {
    const int n = width - 2 * border;
    motion_kernels().eigenvalues(sums_.from(border), n, values_.data());
    const std::uint8_t* masked = masked_.data() + static_cast<std::ptrdiff_t>(y) * width + border;
    for (int x = 0; x < n; x += cell) {
        Best& best = best_[static_cast<std::size_t>(x / cell)];
        const int end = std::min(x + cell, n);
        for (int i = x; i < end; ++i) {
            const float value = values_[static_cast<std::size_t>(i)];
            if (value > best.value && masked[i] == 0) best = {value, i + border, y};
        }
    }
}

}  // namespace saccade::track
