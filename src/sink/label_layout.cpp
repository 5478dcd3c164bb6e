#include "sink/label_layout.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace saccade::sink {
namespace {

std::int64_t overlap(const Rect& a, const Rect& b) {
    const int w = std::min(a.right, b.right) - std::max(a.left, b.left);
    const int h = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    return w > 0 && h > 0 ? std::int64_t{w} * h : 0;
}

}  // namespace

Rect LabelLayout::place(Rect box, int label_width, int label_height) {
    const auto inside = [&](int left, int top) {
        left = std::max(0, std::min(left, width_ - label_width));
        top = std::max(0, std::min(top, height_ - label_height));
        return Rect{left, top, left + label_width, top + label_height};
    };
    const std::array<Rect, 4> candidates = {
        inside(box.left, box.top - label_height),
        inside(box.right - label_width, box.top - label_height),
        inside(box.left, box.top),
        inside(box.left, box.bottom),
    };
    Rect best = candidates[0];
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const Rect& candidate : candidates) {
        std::int64_t covered = 0;
        for (const Rect& other : placed_) covered += overlap(candidate, other);
        if (covered < least) {
            least = covered;
            best = candidate;
        }
        if (covered == 0) break;
    }
    placed_.push_back(best);
    return best;
}

}  // namespace saccade::sink
