// Parts of a run made from settings.
#pragma once

#include <memory>

#include "detect/detector.h"
#include "infer/backend.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// Finds the model and loads it on the device. Class names of the settings are looked up in it.
/// Errors: those of find_model and detect::make_detector; invalid_argument for an unknown class.
/// `profile_layers` lets Detector::layer_times() be asked.
Result<std::unique_ptr<detect::Detector>> open_detector(const Settings& settings, infer::Goal goal,
                                                        bool profile_layers = false);

}  // namespace saccade::engine
