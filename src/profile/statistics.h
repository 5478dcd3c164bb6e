// Few numbers about many: medians, their spread, and whether two of them differ.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace saccade::profile {

/// Middle value; mean of the two middle ones of an even count; 0 of none.
[[nodiscard]] double median(std::vector<double> values);

/// Median distance from the median: a spread that one outlier doesn't move.
[[nodiscard]] double median_deviation(std::span<const double> values);

/// The value below or at which a share `p` (0..1) of `sorted` lies (nearest rank); 0 of none.
[[nodiscard]] double percentile(std::span<const double> sorted, double p);

/// Repetitions of one measurement.
struct Spread {
    std::size_t count = 0;
    double median = 0, deviation = 0, min = 0, max = 0;  ///< deviation: median_deviation
};
[[nodiscard]] Spread spread_of(std::span<const double> values);

/// Durations of one kind, in the unit they were given.
struct Distribution {
    std::size_t count = 0;
    double sum = 0, mean = 0, p50 = 0, p95 = 0, p99 = 0, max = 0;
};
[[nodiscard]] Distribution distribution_of(std::vector<double> values);

/// Two figures of a choice, of both of which more is better.
struct Tradeoff {
    double a = 0, b = 0;
};
/// Of each, whether no other one has more of one figure and no less of the other.
[[nodiscard]] std::vector<bool> pareto_optimal(std::span<const Tradeoff> choices);

/// unsure: others used the machine more in the slower of both runs, so much that they may be why.
enum class Change { better, worse, same, unsure };
[[nodiscard]] std::string_view to_string(Change change) noexcept;

struct Comparison {
    Change change = Change::same;
    double ratio = 1;  ///< after over before
    double noise = 0;  ///< relative change below which nothing is claimed
};

/// A change counts where it is larger than 2 % and than three times the spread of both
/// sides: 1.4826 times the median deviation (which is the standard deviation of normal noise), and
/// at least a quarter of the range, because few repetitions make the former small by luck.
/// `others`: share of the machine (-1..1) that other programs took more of after than before. A
/// loss, or a gain where it is negative, within twice of it is not claimed: they take caches too.
[[nodiscard]] Comparison compare(const Spread& before, const Spread& after, bool higher_is_better,
                                 double others = 0);

}  // namespace saccade::profile
