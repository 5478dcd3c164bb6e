#include "model/quantize/int8_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saccade::model {
namespace {

/// Added and taken away, it rounds what is small against it to whole numbers, ties to even, and
/// unlike nearbyint in vectors.
constexpr float rounder = 12582912.0F;  // 1.5 * 2^23

/// Of all weights, or more than `enough` once it is that much.
double squared_error(std::span<const float> weights, float scale, int limit, double enough) {
    constexpr std::size_t lanes = 16, strip = lanes * 16;
    const auto most = static_cast<float>(limit);
    double sum = 0;
    for (std::size_t from = 0; from < weights.size() && sum <= enough; from += strip) {
        const auto part = weights.subspan(from, std::min(strip, weights.size() - from));
        float sums[lanes] = {};
        const auto add = [&](std::size_t lane, float w) {
            const float level = std::clamp((w / scale + rounder) - rounder, -most, most);
            const float error = w - level * scale;
            sums[lane] += error * error;
        };
        std::size_t i = 0;
        for (; i + lanes <= part.size(); i += lanes) {
            for (std::size_t lane = 0; lane < lanes; ++lane) add(lane, part[i + lane]);
        }
        for (std::size_t lane = 0; i < part.size(); ++i, ++lane) add(lane, part[i]);
        for (const float one : sums) sum += one;
    }
    return sum;
}

float best_scale(std::span<const float> weights, int limit) {
    float largest = 0;
    for (const float w : weights) largest = std::max(largest, std::fabs(w));
    // A channel of nothing: any scale tells it, and a normal one can be divided by.
    if (largest < 1e-30F) return 1;
    float best = largest / static_cast<float>(limit);
    double least = squared_error(weights, best, limit, std::numeric_limits<double>::max());
    for (int k = limit / 2; k <= limit * 3 / 2 && least > 0; ++k) {
        const float scale = largest / static_cast<float>(k);
        if (const double error = squared_error(weights, scale, limit, least); error < least) {
            least = error;
            best = scale;
        }
    }
    return best;
}

}  // namespace

int to_level(float value, float scale, int low, int high) {
    const float level = std::nearbyint(value / scale);
    return static_cast<int>(std::clamp(level, static_cast<float>(low), static_cast<float>(high)));
}

Int8Weights quantize_weights(std::span<const float> weights, std::size_t channels, int limit) {
    Int8Weights out;
    out.values.reserve(weights.size());
    const std::size_t each = channels == 0 ? 0 : weights.size() / channels;
    for (std::size_t c = 0; c < channels; ++c) {
        const auto part = weights.subspan(c * each, each);
        const float scale = best_scale(part, limit);
        out.scales.push_back(scale);
        for (const float w : part) {
            out.values.push_back(static_cast<std::int8_t>(to_level(w, scale, -limit, limit)));
        }
    }
    return out;
}

}  // namespace saccade::model
