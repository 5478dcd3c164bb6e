#include "track/saccade/consensus.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

constexpr float least_overlap = 0.1F;
constexpr std::size_t least_pairs = 4;  ///< fewer agree by chance
constexpr std::size_t most_speakers = 256;
constexpr float tolerance = 0.2F;  ///< of a box's height

}  // namespace

template <typename Of>
float Consensus::median(Of&& of) {
    sorted_.clear();
    for (const Way& w : ways_) sorted_.push_back(of(w));
    const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
    std::nth_element(sorted_.begin(), middle, sorted_.end());
    return *middle;
}

std::optional<Point> Consensus::shift(const BoxColumns& predicted, const BoxColumns& seen) {
    chosen_.clear();
    const std::size_t every = (predicted.size() + most_speakers - 1) / most_speakers;
    for (std::size_t r = 0; r < predicted.size(); r += every) {
        chosen_.push({predicted.x1[r], predicted.y1[r], predicted.x2[r], predicted.y2[r]});
    }
    finder_.find(chosen_, seen, pairs_);
    association_.solve(pairs_, 1 - least_overlap);
    if (association_.matches().size() < least_pairs) return std::nullopt;

    ways_.clear();
    for (const auto [row, col] : association_.matches()) {
        const auto r = static_cast<std::size_t>(row), c = static_cast<std::size_t>(col);
        ways_.push_back({0.5F * (seen.x1[c] + seen.x2[c] - chosen_.x1[r] - chosen_.x2[r]),
                         0.5F * (seen.y1[c] + seen.y2[c] - chosen_.y1[r] - chosen_.y2[r]),
                         seen.y2[c] - seen.y1[c]});
    }
    const Point common{median([](const Way& w) { return w.x; }),
                       median([](const Way& w) { return w.y; })};
    const auto left = [&](const Way& w) { return std::hypot(w.x - common.x, w.y - common.y); };
    const auto agreeing = std::count_if(
        ways_.begin(), ways_.end(), [&](const Way& w) { return left(w) < tolerance * w.height; });
    if (2 * static_cast<std::size_t>(agreeing) < ways_.size()) return std::nullopt;

    const float doubt = median(left), way = std::hypot(common.x, common.y);
    if (way == 0) return common;
    const float part = 1 - doubt * doubt / (static_cast<float>(ways_.size()) * way * way);
    if (!(part > 0)) return std::nullopt;
    return Point{part * common.x, part * common.y};
}

}  // namespace saccade::track
