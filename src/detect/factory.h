// From a prepared model and options to a detector on a device.
#pragma once

#include <memory>

#include "core/size.h"
#include "detect/detector.h"
#include "infer/backend.h"
#include "model/prepared_model.h"
#include "saccade/error.h"

namespace saccade::detect {

struct DetectorOptions {
    std::shared_ptr<const model::PreparedModel> model;
    Size input;  ///< 0x0: the model's own size
    Thresholds thresholds;
    infer::BackendOptions backend;  ///< its width and height are set from `input`
};

/// A network on its device, and how its output is to be read.
struct OpenNetwork {
    std::unique_ptr<infer::Backend> backend;
    model::ModelSpec spec;
};

/// What a detector of these options runs on. Errors: unsupported (another input size on a static
/// network), unavailable (backend's library), out_of_memory.
Result<OpenNetwork> open_network(const DetectorOptions& options);

/// The detector has looked at a picture's output once (first_look.h). Errors: those of
/// open_network; unsupported (an output that can't be what it was taken for); invalid_argument
/// (thresholds).
Result<std::unique_ptr<Detector>> make_detector(const DetectorOptions& options);

}  // namespace saccade::detect
