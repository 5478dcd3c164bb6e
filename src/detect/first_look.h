// Whether what a network gives can be what it was read as, before anything is believed of it.
//
// A head can have the shape of another: masks' coefficients where classes are expected, corners
// where centres are, boxes of 0..1 where pixels are. Read as what they are not, they give boxes
// that look like results. So a detector runs its network once when it is made, on noise, and checks
// every number: whatever the picture, scores are probabilities and boxes lie about the picture.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "infer/backend.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::detect {

/// How the numbers get from the host into a network and back.
struct NetworkCopies {
    std::function<void(std::span<const std::byte> from, const infer::TensorView& to)> in;
    std::function<void(const infer::TensorView& from, std::span<float> to)> out;
};

/// Runs the network once on noise, in slot 0, and checks its output number `output` as
/// check_output() does. Errors: its own and those of the backend.
Result<void> first_look(infer::Backend& backend, std::size_t output, const model::ModelSpec& spec,
                        const std::string& model, const NetworkCopies& copies);

/// The same noise each time, one image of this input, as the network wants it scaled.
std::vector<std::byte> noise_for(const infer::TensorInfo& input, const model::InputSpec& spec);

/// Whether `output`, one image's, can be what the spec says: f32, [rows, columns] of the layout.
/// Heads of raw logits always can. Errors:
/// unsupported (scores beyond 0..1, ids that are no classes, boxes of 0..1, corners taken for
/// centres or the other way round, numbers that are not finite), with the figures that say so.
Result<void> check_output(std::span<const float> output, std::size_t rows, std::size_t columns,
                          const model::ModelSpec& spec, const std::string& model);

}  // namespace saccade::detect
