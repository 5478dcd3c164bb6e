#include "track/saccade/consensus.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

constexpr std::size_t least_boxes = 4;  ///< fewer agree by chance
constexpr std::size_t most_speakers = 32;
constexpr std::size_t most_candidates = 64;
constexpr float reach = 2;          ///< of a height
constexpr float alike = 1.3F;       ///< heights
constexpr float tolerance = 0.25F;  ///< of a height
constexpr float good_support = 0.6F, least_gain = 2, least_lead = 1.5F;

/// From 1 for the same way down to 0.
template <typename Way>
float nearness(const Way& w, Point way) {
    const float dx = w.x - way.x, dy = w.y - way.y;
    const float apart = dx * dx + dy * dy;
    return apart < w.tolerance * w.tolerance ? 1 - std::sqrt(apart) / w.tolerance : 0;
}

}  // namespace

void Consensus::collect(const BoxColumns& predicted, const BoxColumns& seen) {
    ways_.clear();
    speakers_ = 0;
    const std::size_t every = (predicted.size() + most_speakers - 1) / most_speakers;
    for (std::size_t r = 0; r < predicted.size(); r += every, ++speakers_) {
        const float height = predicted.y2[r] - predicted.y1[r], far = reach * height;
        for (std::size_t c = 0; c < seen.size(); ++c) {
            const float x = 0.5F * (seen.x1[c] + seen.x2[c] - predicted.x1[r] - predicted.x2[r]);
            const float y = 0.5F * (seen.y1[c] + seen.y2[c] - predicted.y1[r] - predicted.y2[r]);
            if (!(std::abs(x) <= far && std::abs(y) <= far)) continue;
            const float other = seen.y2[c] - seen.y1[c];
            if (height > alike * other || other > alike * height) continue;
            ways_.push_back({r, x, y, tolerance * height});
        }
    }
}

float Consensus::support(Point way) const {
    float all = 0, best = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        if (i > 0 && ways_[i].row != ways_[i - 1].row) all += best, best = 0;
        best = std::max(best, nearness(ways_[i], way));
    }
    return all + best;
}

/// The way to believe; none at all where there is a doubt.
Point Consensus::elect() {
    const float still = support({});
    if (!(still < good_support * static_cast<float>(speakers_))) return {};
    const std::size_t every = 1 + ways_.size() / most_candidates;
    supports_.clear();
    std::size_t best = 0;
    for (std::size_t i = 0; i < ways_.size(); i += every) {
        supports_.push_back(support({ways_[i].x, ways_[i].y}));
        if (supports_.back() > supports_[best]) best = supports_.size() - 1;
    }
    if (supports_.empty() || !(supports_[best] > still + least_gain)) return {};
    const Way& way = ways_[best * every];
    for (std::size_t i = 0; i < supports_.size(); ++i) {
        const Way& other = ways_[i * every];
        const float apart = std::hypot(other.x - way.x, other.y - way.y);
        if (apart > 2 * other.tolerance && supports_[best] < least_lead * supports_[i]) return {};
    }
    return {way.x, way.y};
}

/// Of each row the pair that is nearest to a way, where one is near.
void Consensus::choose(Point way) {
    chosen_.clear();
    float best = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        const bool first = i == 0 || ways_[i].row != ways_[i - 1].row;
        if (first) best = 0;
        const float near = nearness(ways_[i], way);
        if (!(near > best)) continue;
        if (best == 0) {
            chosen_.push_back(ways_[i]);
        } else {
            chosen_.back() = ways_[i];
        }
        best = near;
    }
}

template <typename Of>
float Consensus::median(Of&& of) {
    sorted_.clear();
    for (const Way& w : chosen_) sorted_.push_back(of(w));
    const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
    std::nth_element(sorted_.begin(), middle, sorted_.end());
    return *middle;
}

std::optional<Point> Consensus::shift(const BoxColumns& predicted, const BoxColumns& seen) {
    if (predicted.size() < least_boxes) return std::nullopt;
    collect(predicted, seen);
    choose(elect());
    if (chosen_.size() < least_boxes || 2 * chosen_.size() < speakers_) return std::nullopt;

    const Point common{median([](const Way& w) { return w.x; }),
                       median([](const Way& w) { return w.y; })};
    const float doubt =
        median([&](const Way& w) { return std::hypot(w.x - common.x, w.y - common.y); });
    const float length = std::hypot(common.x, common.y);
    if (length == 0) return common;
    const float part = 1 - doubt * doubt / (static_cast<float>(chosen_.size()) * length * length);
    if (!(part > 0)) return std::nullopt;
    return Point{part * common.x, part * common.y};
}

}  // namespace saccade::track
