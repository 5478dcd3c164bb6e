// Parts of a run made from settings.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "detect/factory.h"
#include "infer/backend.h"
#include "memory/limit.h"
#include "pipeline/input_policy.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// A detector to be: all but its device and input size.
struct DetectorPlan {
    detect::DetectorOptions options;  ///< with the model
    pipeline::InputPolicy input;
    infer::DeviceChoice device;
    std::optional<memory::Limit> memory;  ///< of each device
};

/// Class ids for names or numbers of `wanted`. Errors: invalid_argument for one that `model` has
/// not.
Result<std::vector<int>> class_ids(const std::vector<std::string>& wanted,
                                   const std::vector<std::string>& names, const std::string& model);

/// The settings' model, understood. Errors: those of find_model and PreparedModel::load.
Result<model::PreparedModel> prepare_model(const Settings& settings, std::stop_token stop = {});

/// Prepares the model. Class names of the settings are looked up in it. Errors: those of
/// prepare_model; invalid_argument for an unknown class; unsupported where the
/// settings ask for input sizes that the network does not run at.
Result<DetectorPlan> plan_detector(const Settings& settings, infer::Goal goal,
                                   std::stop_token stop = {});
/// Likewise for a model that was prepared already.
Result<DetectorPlan> plan_detector(const Settings& settings, infer::Goal goal,
                                   std::shared_ptr<const model::PreparedModel> model);

/// Loads the detector of complete options and warms it up. Errors: those of detect::make_detector.
Result<std::unique_ptr<detect::Detector>> load_detector(const detect::DetectorOptions& options,
                                                        int warmup);

/// A detector by itself, outside of a run: on the settings' one device, its input what --imgsz
/// says, else the model's own. Errors: those of plan_detector and device_list; invalid_argument
/// where the settings name several devices.
Result<detect::DetectorOptions> single_detector(const Settings& settings, infer::Goal goal);

/// Loads single_detector and warms it up. Errors: its own and those of detect::make_detector.
/// `profile_layers` lets Detector::layer_times() be asked.
Result<std::unique_ptr<detect::Detector>> open_detector(const Settings& settings, infer::Goal goal,
                                                        bool profile_layers = false);

}  // namespace saccade::engine
