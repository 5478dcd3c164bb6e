#include "profile/queue_depth.h"

#include <algorithm>
#include <utility>

namespace saccade::profile {
namespace {

/// Spreads `depth` held during [from, to) over the steps of the series.
void spread(double from, double to, double depth, double step, std::vector<double>& series) {
    for (auto i = static_cast<std::size_t>(from / step); i < series.size(); ++i) {
        const double low = static_cast<double>(i) * step;
        if (low >= to) break;
        const double overlap = std::min(to, low + step) - std::max(from, low);
        if (overlap > 0) series[i] += depth * overlap / step;
    }
}

}  // namespace

DepthOverTime depth_over_time(std::span<const Stay> stays, std::size_t capacity, double seconds,
                              std::vector<double>& series) {
    std::vector<std::pair<double, int>> steps;
    for (const Stay& stay : stays) {
        steps.emplace_back(stay.in, +1);
        steps.emplace_back(std::max(stay.in, stay.out), -1);
    }
    DepthOverTime result;
    if (steps.empty()) return result;
    std::sort(steps.begin(), steps.end());  // at one time, out before in
    const double width = seconds / static_cast<double>(std::max<std::size_t>(series.size(), 1));
    int depth = 0;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        depth += steps[i].second;
        const double from = steps[i].first, to = steps[i + 1].first;
        if (depth <= 0) result.empty += to - from;
        if (depth >= static_cast<int>(capacity)) result.full += to - from;
        if (depth > 0) {
            result.mean += depth * (to - from);
            if (width > 0 && !series.empty()) spread(from, to, depth, width, series);
        }
    }
    result.life = steps.back().first - steps.front().first;
    if (result.life <= 0) return result;
    result.mean /= result.life;
    result.empty /= result.life;
    result.full /= result.life;
    return result;
}

}  // namespace saccade::profile
