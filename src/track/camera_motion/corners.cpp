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

float smaller_eigenvalue(float xx, float xy, float yy) {
    const float half = 0.5F * (xx - yy);
    return 0.5F * (xx + yy) - std::sqrt(half * half + xy * xy);
}

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
    for (int y = border - radius; y < border + radius; ++y) multiply(picture, y);
    for (int top = border; top < h - border; top += cell) {
        best_.assign(static_cast<std::size_t>((w - 2 * border) / cell + 1), {});
        for (int y = top; y < std::min(top + cell, h - border); ++y) {
            multiply(picture, y + radius);
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

void CornerFinder::multiply(const LumaView& picture, int y) {
    Products& to = products_[static_cast<std::size_t>(y % window)];
    const std::uint8_t *row = picture.row(y), *above = picture.row(y - 1),
                       *below = picture.row(y + 1);
    std::int32_t* __restrict xx = to.xx.data();
    std::int32_t* __restrict xy = to.xy.data();
    std::int32_t* __restrict yy = to.yy.data();
    for (int x = 1; x < picture.width - 1; ++x) {
        const std::int32_t gx = row[x + 1] - row[x - 1], gy = below[x] - above[x];
        xx[x] = gx * gx;
        xy[x] = gx * gy;
        yy[x] = gy * gy;
    }
}

void CornerFinder::score(int y, int width) {
    const auto add = [&](std::vector<std::int32_t> Products::* which) {
        std::int32_t* __restrict sum = (sums_.*which).data();
        std::fill_n(sum, width, 0);
        for (const Products& p : products_) {
            const std::int32_t* from = (p.*which).data();
            for (int x = 0; x < width; ++x) sum[x] += from[x];
        }
    };
    add(&Products::xx);
    add(&Products::xy);
    add(&Products::yy);
    const auto across = [](const std::vector<std::int32_t>& sum, int x) {
        const std::int32_t* s = sum.data() + x;
        return static_cast<float>(s[-2] + s[-1] + s[0] + s[1] + s[2]);
    };
    const std::uint8_t* masked = masked_.data() + static_cast<std::ptrdiff_t>(y) * width;
    for (int x = border; x < width - border; ++x) {
        if (masked[x] != 0) continue;
        const float value =
            smaller_eigenvalue(across(sums_.xx, x), across(sums_.xy, x), across(sums_.yy, x));
        Best& best = best_[static_cast<std::size_t>((x - border) / cell)];
        if (value > best.value) best = {value, x, y};
    }
}

}  // namespace saccade::track
