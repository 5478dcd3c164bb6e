#include "track/saccade/consensus.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace saccade::track {
namespace {

constexpr std::size_t least_boxes = 4;  ///< fewer agree by chance
constexpr std::size_t most_speakers = 32;
constexpr std::size_t most_candidates = 64;
constexpr float farthest = 2;       ///< of a height
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

void Consensus::listen(const BoxColumns& predicted, const BoxColumns& seen) {
    speakers_.clear();
    const std::size_t every = (predicted.size() + most_speakers - 1) / most_speakers;
    for (std::size_t r = 0; r < predicted.size(); r += every) {
        speakers_.push_back({0.5F * (predicted.x1[r] + predicted.x2[r]),
                             0.5F * (predicted.y1[r] + predicted.y2[r]),
                             predicted.y2[r] - predicted.y1[r]});
    }
    seen_.clear();
    for (std::size_t c = 0; c < seen.size(); ++c) {
        seen_.push_back({0.5F * (seen.x1[c] + seen.x2[c]), 0.5F * (seen.y1[c] + seen.y2[c]),
                         seen.y2[c] - seen.y1[c]});
    }
}

void Consensus::collect(float reach) {
    ways_.clear();
    near_.resize(seen_.size());
    for (std::size_t i = 0; i < speakers_.size(); ++i) {
        const Place from = speakers_[i];
        const float far = reach * from.height;
        std::size_t count = 0;  // without a branch, since it can't be foretold
        for (const Place& to : seen_) {
            near_[count] = to;
            const bool x = std::abs(to.x - from.x) <= far, y = std::abs(to.y - from.y) <= far;
            count += static_cast<std::size_t>(x & y);
        }
        for (const Place& to : std::span(near_).first(count)) {
            if (from.height > alike * to.height || to.height > alike * from.height) continue;
            ways_.push_back({i, to.x - from.x, to.y - from.y, tolerance * from.height});
        }
    }
}

float Consensus::support(Point way) const {
    float all = 0, best = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        if (i > 0 && ways_[i].speaker != ways_[i - 1].speaker) all += best, best = 0;
        best = std::max(best, nearness(ways_[i], way));
    }
    return all + best;
}

/// The way to believe; none at all where there is a doubt.
Point Consensus::elect() {
    const float still = support({});
    if (!(still < good_support * static_cast<float>(speakers_.size()))) return {};
    collect(farthest);
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

/// Of each speaker the pair that is nearest to a way, where one is near.
void Consensus::choose(Point way) {
    chosen_.clear();
    float best = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        const bool first = i == 0 || ways_[i].speaker != ways_[i - 1].speaker;
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
    listen(predicted, seen);
    collect(tolerance);
    choose(elect());
    if (chosen_.size() < least_boxes || 2 * chosen_.size() < speakers_.size()) return std::nullopt;

    const Point common{median([](const Way& w) { return w.x; }),
                       median([](const Way& w) { return w.y; })};
    const float doubt = std::sqrt(median([&](const Way& w) {
        const float x = w.x - common.x, y = w.y - common.y;
        return x * x + y * y;
    }));
    const float length = std::hypot(common.x, common.y);
    if (length == 0) return common;
    const float part = 1 - doubt * doubt / (static_cast<float>(chosen_.size()) * length * length);
    if (!(part > 0)) return std::nullopt;
    return Point{part * common.x, part * common.y};
}

}  // namespace saccade::track
