#include "profile/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace saccade::profile {

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return 0.5 * (*std::max_element(values.begin(), middle) + *middle);
}

double median_deviation(std::span<const double> values) {
    const double center = median({values.begin(), values.end()});
    std::vector<double> distances;
    distances.reserve(values.size());
    for (const double value : values) distances.push_back(std::abs(value - center));
    return median(std::move(distances));
}

double percentile(std::span<const double> sorted, double p) {
    if (sorted.empty()) return 0;
    const double rank = std::ceil(std::clamp(p, 0.0, 1.0) * static_cast<double>(sorted.size()));
    return sorted[rank < 1 ? 0 : static_cast<std::size_t>(rank) - 1];
}

Spread spread_of(std::span<const double> values) {
    if (values.empty()) return {};
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {.count = values.size(),
            .median = median({values.begin(), values.end()}),
            .deviation = median_deviation(values),
            .min = *low,
            .max = *high};
}

Distribution distribution_of(std::vector<double> values) {
    Distribution d;
    if (values.empty()) return d;
    std::sort(values.begin(), values.end());
    d.count = values.size();
    d.sum = std::accumulate(values.begin(), values.end(), 0.0);
    d.mean = d.sum / static_cast<double>(d.count);
    d.p50 = percentile(values, 0.50);
    d.p95 = percentile(values, 0.95);
    d.p99 = percentile(values, 0.99);
    d.max = values.back();
    return d;
}

std::string_view to_string(Change change) noexcept {
    switch (change) {
        case Change::better: return "better";
        case Change::worse: return "worse";
        case Change::same: return "same";
        case Change::unsure: return "unsure";
    }
    return "";
}

std::vector<bool> pareto_optimal(std::span<const Tradeoff> choices) {
    std::vector<bool> optimal;
    for (const Tradeoff& mine : choices) {
        optimal.push_back(std::none_of(choices.begin(), choices.end(), [&](const Tradeoff& other) {
            return other.a >= mine.a && other.b >= mine.b && (other.a > mine.a || other.b > mine.b);
        }));
    }
    return optimal;
}

Comparison compare(const Spread& before, const Spread& after, bool higher_is_better,
                   double others) {
    constexpr double least = 0.02, deviations = 3;
    Comparison result;
    if (before.count == 0 || after.count == 0 || before.median <= 0) return result;
    const auto relative = [](const Spread& s) {
        const double sigma = std::max(1.4826 * s.deviation, 0.25 * (s.max - s.min));
        return s.median > 0 ? sigma / s.median : 0;
    };
    result.ratio = after.median / before.median;
    result.noise = std::max(least, deviations * std::max(relative(before), relative(after)));
    const double change = result.ratio - 1;
    if (std::abs(change) > result.noise) {
        const bool better = (change > 0) == higher_is_better;
        // How much slower the slower run was, of the faster one's speed.
        const double faster = std::max(before.median, after.median);
        const double loss = 1 - std::min(before.median, after.median) / faster;
        const bool excused = better ? loss <= -2 * others : loss <= 2 * others;
        result.change = excused ? Change::unsure : better ? Change::better : Change::worse;
    }
    return result;
}

}  // namespace saccade::profile
