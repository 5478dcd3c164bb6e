#include "track/boxes.h"

#include <algorithm>
#include <limits>

namespace saccade::track {

void iou_matrix(const BoxColumns& rows, const BoxColumns& cols, Matrix& out) {
    out.resize(rows.size(), cols.size());
    const std::size_t n = cols.size();
    const float *cx1 = cols.x1.data(), *cy1 = cols.y1.data(), *cx2 = cols.x2.data(),
                *cy2 = cols.y2.data(), *carea = cols.area.data();
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const float x1 = rows.x1[r], y1 = rows.y1[r], x2 = rows.x2[r], y2 = rows.y2[r];
        const float area = rows.area[r];
        float* __restrict to = out.row(r);
        for (std::size_t c = 0; c < n; ++c) {
            const float w = std::max(0.0F, std::min(x2, cx2[c]) - std::max(x1, cx1[c]));
            const float h = std::max(0.0F, std::min(y2, cy2[c]) - std::max(y1, cy1[c]));
            const float inter = w * h;
            // The smallest normal float keeps 0 / 0 of two empty boxes at 0.
            const float all = std::max(area + carea[c] - inter, std::numeric_limits<float>::min());
            to[c] = inter / all;
        }
    }
}

}  // namespace saccade::track
