// How a loaded network is to be fed and read: what every detector works out before its first frame.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "detect/detector.h"
#include "infer/backend.h"
#include "model/spec.h"
#include "saccade/error.h"
#include "vision/preprocess.h"

namespace saccade::detect {

struct Fit {
    vision::InputLayout layout;
    std::size_t output = 0;  ///< index of the head among the backend's outputs
    DetectorInfo info;
};

/// What an input of that type is filled with; none where it can't be.
[[nodiscard]] std::optional<vision::SampleType> sample_type(infer::ElementType type);

/// Errors: invalid_argument (thresholds out of range, unknown classes), unsupported (an input or
/// output of a type or shape that the family does not have).
Result<Fit> fit(const infer::BackendInfo& loaded, const model::ModelSpec& spec,
                std::string model_name, const Thresholds& thresholds);

}  // namespace saccade::detect
