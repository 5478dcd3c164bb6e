// How the values of a tensor are spread, over any number of pictures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/quantize/int8_plan.h"

namespace saccade::quantize {

/// Counts in bins whose width is a power of two and doubles when values come that don't fit: two
/// bins become one then, exactly. So the result doesn't depend on the order of values, nor on who
/// counted what: equal pictures give equal histograms, whatever the number of threads. Values that
/// are not finite are counted apart and widen nothing.
class Histogram {
  public:
    static constexpr int side = 4096;                   ///< bins to each side of 0
    static constexpr int finest = -40, coarsest = 100;  ///< exponents of the width

    void add(std::span<const float> values);

    /// Bin i, from 0, holds values from (i - side) * width() up to the next bin's.
    [[nodiscard]] const std::vector<std::uint64_t>& bins() const noexcept { return bins_; }
    [[nodiscard]] int exponent() const noexcept { return exponent_; }
    [[nodiscard]] double width() const noexcept;
    [[nodiscard]] double center(std::size_t bin) const noexcept;
    [[nodiscard]] float least() const noexcept { return least_; }
    [[nodiscard]] float most() const noexcept { return most_; }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t not_finite() const noexcept { return not_finite_; }

    /// As it was stored. `bins` must have 2 * side entries, the exponent lie in its range.
    static Histogram restored(int exponent, float least, float most, std::uint64_t not_finite,
                              std::vector<std::uint64_t> bins);

    friend bool operator==(const Histogram&, const Histogram&) = default;

  private:
    void widen();

    std::vector<std::uint64_t> bins_ = std::vector<std::uint64_t>(std::size_t{2} * side);
    int exponent_ = finest;
    float least_ = 0, most_ = 0;  ///< 0 among them
    std::uint64_t count_ = 0, not_finite_ = 0;
};

}  // namespace saccade::quantize
