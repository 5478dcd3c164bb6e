#include "model/quantize/int8_weights.h"

#include <algorithm>
#include <cmath>

namespace saccade::model {
namespace {

double squared_error(std::span<const float> weights, float scale, int limit) {
    double sum = 0;
    const auto most = static_cast<float>(limit);
    for (const float w : weights) {
        const float level = std::clamp(std::nearbyint(w / scale), -most, most);
        const double error = w - level * scale;
        sum += error * error;
    }
    return sum;
}

float best_scale(std::span<const float> weights, int limit) {
    float largest = 0;
    for (const float w : weights) largest = std::max(largest, std::fabs(w));
    // A channel of nothing: any scale tells it, and a normal one can be divided by.
    if (largest < 1e-30F) return 1;
    float best = largest / static_cast<float>(limit);
    double least = squared_error(weights, best, limit);
    for (int k = limit / 2; k <= limit * 3 / 2 && least > 0; ++k) {
        const float scale = largest / static_cast<float>(k);
        if (const double error = squared_error(weights, scale, limit); error < least) {
            least = error;
            best = scale;
        }
    }
    return best;
}

}  // namespace

int to_level(float value, float scale, int low, int high) {
    const float level = std::nearbyint(value / scale);
    return static_cast<int>(
        std::clamp(level, static_cast<float>(low), static_cast<float>(high)));
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
