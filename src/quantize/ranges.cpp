#include "quantize/ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace saccade::quantize {
namespace {

constexpr double cut_share = 1.0 / 20'000;
constexpr int steps = 40;  // candidate ends: each this share of the whole way further in

/// Bins that hold something, for the searches.
struct Mass {
    double center = 0, count = 0;
};

std::vector<Mass> filled(const Histogram& h) {
    std::vector<Mass> out;
    for (std::size_t i = 0; i < h.bins().size(); ++i) {
        if (h.bins()[i] > 0) out.push_back({h.center(i), static_cast<double>(h.bins()[i])});
    }
    return out;
}

/// Error of levels low + k * scale between two ends; 0 is among the levels.
double squared_error(const std::vector<Mass>& mass, double low, double high, double scale) {
    double sum = 0;
    for (const Mass& m : mass) {
        const double level = std::nearbyint(std::clamp(m.center, low, high) / scale) * scale;
        sum += m.count * (m.center - level) * (m.center - level);
    }
    return sum;
}

/// Where `share` of the values lies beyond, from the low or the high end.
double quantile(const Histogram& h, double share, bool from_high) {
    const double wanted = share * static_cast<double>(h.count());
    double seen = 0;
    for (std::size_t i = 0; i < h.bins().size(); ++i) {
        const std::size_t bin = from_high ? h.bins().size() - 1 - i : i;
        seen += static_cast<double>(h.bins()[bin]);
        if (seen > wanted) return h.center(bin);
    }
    return 0;
}

/// Divergence of what `levels` equal steps over [low, high] leave of the distribution.
double divergence(const std::vector<Mass>& mass, double low, double high, int levels) {
    std::vector<double> in_level(static_cast<std::size_t>(levels)), bins_of(in_level.size());
    const double scale = (high - low) / levels;
    const auto level_of = [&](double x) {
        return static_cast<std::size_t>(
            std::clamp(std::floor((x - low) / scale), 0.0, static_cast<double>(levels - 1)));
    };
    double cut_low = 0, cut_high = 0, total = 0;
    const auto inside = [&](const Mass& m) { return m.center >= low && m.center <= high; };
    const Mass* first = nullptr;
    const Mass* last = nullptr;
    for (const Mass& m : mass) {
        total += m.count;
        if (!inside(m)) {
            (m.center < low ? cut_low : cut_high) += m.count;
            continue;
        }
        if (first == nullptr) first = &m;
        last = &m;
        in_level[level_of(m.center)] += m.count;
        bins_of[level_of(m.center)] += 1;
    }
    if (first == nullptr) return std::numeric_limits<double>::infinity();
    const double kept = total - cut_low - cut_high;
    double sum = 0;
    for (const Mass& m : mass) {
        if (!inside(m)) continue;
        double p = m.count;
        if (&m == first) p += cut_low;
        if (&m == last) p += cut_high;
        const auto level = level_of(m.center);
        const double q = in_level[level] / bins_of[level] / kept;
        p /= total;
        sum += p * std::log(p / q);
    }
    return sum;
}

/// The best of ends further and further in, by `cost(low, high)`.
template <typename Cost>
std::pair<double, double> best_ends(double least, double most, const Cost& cost) {
    std::pair<double, double> best{least, most};
    double lowest = cost(least, most);
    const auto further_in = [](double end, int step) {
        return end * (1 - static_cast<double>(step) / (steps + 4));
    };
    // One end after the other, twice: they hardly depend on one another. A further one must be
    // better, so of equal ones the widest stays.
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < steps && most > 0; ++i) {
            const double end = further_in(most, i);
            if (const double c = cost(best.first, end); c < lowest) lowest = c, best.second = end;
        }
        for (int i = 0; i < steps && least < 0; ++i) {
            const double end = further_in(least, i);
            if (const double c = cost(end, best.second); c < lowest) lowest = c, best.first = end;
        }
    }
    return best;
}

}  // namespace

std::string_view to_string(Method method) noexcept {
    switch (method) {
        case Method::mse: return "mse";
        case Method::percentile: return "percentile";
        case Method::minmax: return "minmax";
        case Method::entropy: return "entropy";
    }
    return "mse";
}

std::optional<Method> method_from(std::string_view name) noexcept {
    for (const Method method : methods) {
        if (to_string(method) == name) return method;
    }
    return std::nullopt;
}

model::Int8Range choose_range(const Histogram& h, Method method) {
    const double least = h.least(), most = h.most(), reach = std::max(-least, most);
    if (reach <= 0) return {0, 1, 1};
    const auto made = [](double low, double high, double both) {
        return model::Int8Range{static_cast<float>(low), static_cast<float>(high),
                                static_cast<float>(both)};
    };
    if (method == Method::minmax) return made(least, most, reach);
    if (method == Method::percentile) {
        const double low = std::min(0.0, std::max(least, quantile(h, cut_share, false)));
        const double high = std::max(0.0, std::min(most, quantile(h, cut_share, true)));
        const double both = std::max(-low, high);
        return both > 0 ? made(low, high, both) : made(least, most, reach);
    }
    const auto mass = filled(h);
    if (method == Method::entropy) {
        const auto ends = best_ends(
            least, most, [&](double low, double high) { return divergence(mass, low, high, 256); });
        const auto both = best_ends(
            0, reach, [&](double, double high) { return divergence(mass, -high, high, 255); });
        return made(ends.first, ends.second, both.second);
    }
    const auto ends = best_ends(least, most, [&](double low, double high) {
        return squared_error(mass, low, high, (high - low) / 255);
    });
    const auto both = best_ends(0, reach, [&](double, double high) {
        return squared_error(mass, -high, high, high / 127);
    });
    return made(ends.first, ends.second, both.second);
}

}  // namespace saccade::quantize
