#include "quantize/histogram.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade::quantize {

double Histogram::width() const noexcept {
    return std::ldexp(1.0, exponent_);
}

double Histogram::center(std::size_t bin) const noexcept {
    return (static_cast<double>(bin) - side + 0.5) * width();
}

void Histogram::widen() {
    std::vector<std::uint64_t> wide(bins_.size());
    // side is even, so pairs meet at 0: bin i - side goes to floor((i - side) / 2).
    for (std::size_t i = 0; i < bins_.size(); ++i) wide[side / 2 + i / 2] += bins_[i];
    bins_ = std::move(wide);
    ++exponent_;
}

void Histogram::add(std::span<const float> values) {
    float least = least_, most = most_;
    bool sound = true;
    for (const float x : values) {
        sound = sound && std::isfinite(x);
        if (!std::isfinite(x)) continue;
        least = std::min(least, x);
        most = std::max(most, x);
    }
    least_ = least;
    most_ = most;
    const auto fits = [&] {
        const double reach = width() * side;
        return -least_ <= reach && most_ < reach;
    };
    while (!fits() && exponent_ < coarsest) widen();
    // A power of two: the product is exact, and so is the bin.
    const float per_bin = std::ldexp(1.0F, -exponent_);
    for (const float x : values) {
        if (!sound && !std::isfinite(x)) {
            ++not_finite_;
            continue;
        }
        const int bin = static_cast<int>(std::floor(x * per_bin)) + side;
        ++bins_[static_cast<std::size_t>(std::clamp(bin, 0, 2 * side - 1))];
        ++count_;
    }
}

Histogram Histogram::restored(int exponent, float least, float most, std::uint64_t not_finite,
                              std::vector<std::uint64_t> bins) {
    Histogram histogram;
    histogram.exponent_ = exponent;
    histogram.least_ = least;
    histogram.most_ = most;
    histogram.not_finite_ = not_finite;
    histogram.bins_ = std::move(bins);
    for (const auto count : histogram.bins_) histogram.count_ += count;
    return histogram;
}

}  // namespace saccade::quantize
