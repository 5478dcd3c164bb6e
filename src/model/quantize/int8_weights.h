// Weights in 8 bits or fewer. Private to src/model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace saccade::model {

struct Int8Weights {
    std::vector<std::int8_t> values;  ///< as the weights lie
    std::vector<float> scales;        ///< a channel; over 0
};

/// `channels` equal parts of `weights`, each with the symmetric scale of the least squared error:
/// of scales largest/k, those that cut the largest weights (k over `limit`) and those on whose grid
/// weights lie already (k below). `limit` is 127, or 63 for 7 bits.
Int8Weights quantize_weights(std::span<const float> weights, std::size_t channels, int limit);

/// value / scale, rounded to nearest, ties to even, as ONNX and the devices do, within the bounds.
int to_level(float value, float scale, int low, int high);

}  // namespace saccade::model
