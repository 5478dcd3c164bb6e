// The layers of a network by time.
#pragma once

#include <vector>

#include "profile/profile_report.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::cli {

/// Loads the settings' model once more with the backend's own profiler on, runs it on a grey
/// picture, and gives the median time of each layer that ran, the most costly first.
/// Errors: those of loading; unsupported where the backend has no profiler.
Result<std::vector<profile::LayerTime>> measure_layers(const Settings& settings);

}  // namespace saccade::cli
