// From how a tensor's values are spread to between which they are resolved.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "model/quantize/int8_plan.h"
#include "quantize/histogram.h"

namespace saccade::quantize {

enum class Method : std::uint8_t {
    mse,         ///< least squared error of what is resolved and what is cut
    percentile,  ///< 1 value in 20,000 is cut at either end
    minmax,      ///< nothing is cut
    entropy,     ///< least Kullback-Leibler divergence (S. Migacz, "8-bit inference with TensorRT",
                 ///< 2017)
};

inline constexpr std::array methods{Method::mse, Method::percentile, Method::minmax,
                                    Method::entropy};

/// "mse", "percentile", "minmax", "entropy".
std::string_view to_string(Method method) noexcept;
std::optional<Method> method_from(std::string_view name) noexcept;

/// A tensor of nothing but zeros gets the range of 0 to 1.
[[nodiscard]] model::Int8Range choose_range(const Histogram& histogram, Method method);

}  // namespace saccade::quantize
