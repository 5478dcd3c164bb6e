#include "track/saccade/consensus.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

constexpr float least_overlap = 0.1F;
constexpr std::size_t least_pairs = 4;  ///< fewer agree by chance
constexpr float tolerance = 0.1F;       ///< of a box's height

}  // namespace

std::optional<Point> Consensus::shift(const BoxColumns& predicted, const BoxColumns& seen) {
    finder_.find(predicted, seen, pairs_);
    association_.solve(pairs_, 1 - least_overlap);
    if (association_.matches().size() < least_pairs) return std::nullopt;

    ways_.clear();
    for (const auto [row, col] : association_.matches()) {
        const auto r = static_cast<std::size_t>(row), c = static_cast<std::size_t>(col);
        ways_.push_back({0.5F * (seen.x1[c] + seen.x2[c] - predicted.x1[r] - predicted.x2[r]),
                         0.5F * (seen.y1[c] + seen.y2[c] - predicted.y1[r] - predicted.y2[r]),
                         seen.y2[c] - seen.y1[c]});
    }
    const Point common{median(&Way::x), median(&Way::y)};
    const auto agreeing = std::count_if(ways_.begin(), ways_.end(), [&](const Way& w) {
        return std::hypot(w.x - common.x, w.y - common.y) < tolerance * w.height;
    });
    if (2 * static_cast<std::size_t>(agreeing) < ways_.size()) return std::nullopt;
    return common;
}

float Consensus::median(float Way::* of) {
    sorted_.clear();
    for (const Way& w : ways_) sorted_.push_back(w.*of);
    const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
    std::nth_element(sorted_.begin(), middle, sorted_.end());
    return *middle;
}

}  // namespace saccade::track
