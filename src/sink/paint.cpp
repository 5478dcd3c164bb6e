#include "sink/paint.h"

#include <algorithm>

#include "sink/picture.h"

namespace saccade::sink {
namespace {

void fill(const Paint& p, Picture& picture) {
    const Rect& rect = p.rect;
    for (int y = rect.top; y < rect.bottom; ++y) {
        std::uint8_t* row = picture.plane(0).row(y);
        if (p.alpha == 255) {
            std::fill(row + rect.left, row + rect.right, p.y);
        } else {
            for (int x = rect.left; x < rect.right; ++x) row[x] = mix(row[x], p.y, p.alpha);
        }
    }
    const auto covered = [](int cell, int from, int to) {  // of the cell's two pixels
        return std::min(2 * cell + 2, to) - std::max(2 * cell, from);
    };
    for (int cy = rect.top / 2; cy <= (rect.bottom - 1) / 2; ++cy) {
        const int rows = covered(cy, rect.top, rect.bottom);
        std::uint8_t* const u = picture.plane(1).row(cy);
        std::uint8_t* const v = picture.plane(2).row(cy);
        for (int cx = rect.left / 2; cx <= (rect.right - 1) / 2; ++cx) {
            const int alpha = p.alpha * rows * covered(cx, rect.left, rect.right) / 4;
            u[cx] = mix(u[cx], p.u, alpha);
            v[cx] = mix(v[cx], p.v, alpha);
        }
    }
}

void blend(const Paint& p, const std::uint8_t* masks, Picture& picture) {
    const Rect& r = p.rect;
    for (int y = r.top; y < r.bottom; ++y) {
        std::uint8_t* row = picture.plane(0).row(y);
        for (int x = r.left; x < r.right; ++x) {
            const int alpha = coverage(p, masks, x, y);
            if (alpha != 0) row[x] = mix(row[x], p.y, alpha);
        }
    }
    for (int cy = r.top / 2; cy <= (r.bottom - 1) / 2; ++cy) {
        std::uint8_t* u = picture.plane(1).row(cy);
        std::uint8_t* v = picture.plane(2).row(cy);
        for (int cx = r.left / 2; cx <= (r.right - 1) / 2; ++cx) {
            int sum = 2;
            for (int i = 0; i < 4; ++i)
                sum += coverage(p, masks, 2 * cx + (i & 1), 2 * cy + (i >> 1));
            if (sum < 4) continue;
            u[cx] = mix(u[cx], p.u, sum / 4);
            v[cx] = mix(v[cx], p.v, sum / 4);
        }
    }
}

}  // namespace

void paint(const PaintList& list, Picture& picture) {
    for (const Paint& p : list.paints) {
        if (p.mask < 0) {
            fill(p, picture);
        } else {
            blend(p, list.masks.data(), picture);
        }
    }
}

}  // namespace saccade::sink
