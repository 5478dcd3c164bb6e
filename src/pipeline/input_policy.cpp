#include "pipeline/input_policy.h"

#include <algorithm>
#include <cstdint>

namespace saccade::pipeline {

int side_for(Size source) noexcept {
    constexpr std::int64_t large = 2'100'000, huge = 8'300'000;  // px
    const std::int64_t pixels = std::int64_t{source.width} * source.height;
    if (pixels <= large) return 640;
    return pixels <= huge ? 480 : 320;
}

Size rectangle_for(Size source, int side, int stride) noexcept {
    const auto [shorter, longer] = std::minmax(source.width, source.height);
    if (shorter <= 0) return {side, side};
    const auto up = [](std::int64_t x, std::int64_t step) { return (x + step - 1) / step; };
    const std::int64_t exact = up(std::int64_t{shorter} * side, longer);
    const int other = static_cast<int>(std::min<std::int64_t>(up(exact, stride) * stride, side));
    return source.width >= source.height ? Size{side, other} : Size{other, side};
}

Size InputPolicy::input_for(Size source) const noexcept {
    if (!dynamic && side == 0) return own;
    const int chosen = side > 0 ? side : side_for(source);
    return rectangles ? rectangle_for(source, chosen, stride) : Size{chosen, chosen};
}

}  // namespace saccade::pipeline
