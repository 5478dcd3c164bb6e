// One look at what a network gives, before anything is believed of it.
//
// A head can have the shape of another: masks' coefficients where classes are expected, corners
// where centres are, boxes of 0..1 where pixels are. Read as what they are not, they give boxes
// that look like results. So a detector runs its network once when it is made, on noise, and looks
// at every number: whatever the picture, scores are probabilities and boxes lie about the picture.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "infer/tensor.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::detect {

/// The same noise each time, one image of this input, as the network wants it scaled.
std::vector<std::byte> noise_for(const infer::TensorInfo& input, const model::InputSpec& spec);

/// Whether `output`, one image's, can be what the spec says: f32, [rows, columns] of the layout.
/// Heads of raw logits always can. Errors:
/// unsupported (scores beyond 0..1, ids that are no classes, boxes of 0..1, corners taken for
/// centres or the other way round, numbers that are not finite), with the figures that say so.
Result<void> look_at(std::span<const float> output, std::size_t rows, std::size_t columns,
                     const model::ModelSpec& spec, const std::string& model);

}  // namespace saccade::detect
