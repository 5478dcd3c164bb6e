// From a model file and options to a detector on a device.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/size.h"
#include "detect/detector.h"
#include "infer/backend.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::detect {

struct DetectorOptions {
    std::filesystem::path model;           ///< an ONNX file
    std::optional<model::Family> family;   ///< overrides what the file says
    std::vector<std::string> class_names;  ///< likewise, where not empty
    Size input;                            ///< 0x0: the model's own size
    Thresholds thresholds;
    infer::BackendOptions backend;  ///< its width and height are set from `input`
};

/// Errors: not_found, unreadable, corrupt, unsupported (not a detector we know; another
/// input size on a static network), unavailable (backend's library), out_of_memory.
Result<std::unique_ptr<Detector>> make_detector(const DetectorOptions& options);

}  // namespace saccade::detect
