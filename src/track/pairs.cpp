#include "track/pairs.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saccade::track {

void PairFinder::sort(const BoxColumns& cols) {
    order_.clear();
    for (std::size_t c = 0; c < cols.size(); ++c) {
        const bool known = !std::isnan(cols.x1[c]) && !std::isnan(cols.y1[c]) &&
                           !std::isnan(cols.x2[c]) && !std::isnan(cols.y2[c]);
        if (known) order_.push_back(static_cast<int>(c));
    }
    std::sort(order_.begin(), order_.end(), [&](int a, int b) {
        return cols.x1[a] < cols.x1[b] || (cols.x1[a] == cols.x1[b] && a < b);
    });
    sorted_.clear();
    reach_.clear();
    float reach = -std::numeric_limits<float>::infinity();
    for (const int c : order_) {
        sorted_.push({cols.x1[c], cols.y1[c], cols.x2[c], cols.y2[c]});
        reach = std::max(reach, cols.x2[c]);
        reach_.push_back(reach);
    }
}

void PairFinder::find(const BoxColumns& rows, const BoxColumns& cols, PairList& out) {
    sort(cols);
    out.reset(cols.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const float x1 = rows.x1[r], y1 = rows.y1[r], x2 = rows.x2[r], y2 = rows.y2[r];
        const auto first = std::upper_bound(reach_.begin(), reach_.end(), x1) - reach_.begin();
        for (auto k = static_cast<std::size_t>(first); k < order_.size(); ++k) {
            if (!(sorted_.x1[k] < x2)) break;
            const float w = std::min(x2, sorted_.x2[k]) - std::max(x1, sorted_.x1[k]);
            const float h = std::min(y2, sorted_.y2[k]) - std::max(y1, sorted_.y1[k]);
            if (!(w > 0 && h > 0)) continue;
            const float inter = w * h;
            const float iou = inter / std::max(rows.area[r] + sorted_.area[k] - inter,
                                               std::numeric_limits<float>::min());
            if (iou > 0) out.push(order_[k], 1 - iou);
        }
        out.end_row();
    }
}

}  // namespace saccade::track
