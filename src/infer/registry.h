// The backends of this build, and which one runs on which device.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/backend.h"
#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::infer {

/// A backend as `doctor` shows it.
struct BackendDescription {
    std::string name;                  ///< "openvino"
    std::string version;               ///< "2026.4.1", "" where its library is missing
    bool available = false;            ///< its library loads and it has a device
    std::vector<std::string> devices;  ///< "cpu: Intel(R) Xeon(R) Processor" ...
    std::string remedy;                ///< what to do where it is not available
};

/// All backends of this build, the best first. Never fails: what is missing is said in the entry.
std::vector<BackendDescription> backends();

/// Loads the model onto options.device: "cpu", "cuda:N", or "auto" for the best there is. Sizes and
/// batch are made dynamic as far as the graph allows, then fixed to what the options ask.
/// Errors: invalid_argument (no such device: the message names those there are; batch, slots or
/// size out of range); unsupported (precision, size or batch the network or device can't do; an
/// operator the backend doesn't know); unavailable (library missing); corrupt; out_of_memory.
Result<std::unique_ptr<Backend>> make_backend(const model::OnnxModel& model,
                                              const model::ModelSpec& spec,
                                              const BackendOptions& options);

}  // namespace saccade::infer
