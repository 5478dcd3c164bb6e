// A model in INT8, made for a run from footage that the user names, and kept.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::cli {

/// settings.model in INT8 for settings.device, calibrated on `calib` as `saccade quantize` does by
/// default. It is kept in the cache under the network's bytes, the names, sizes and times of the
/// footage's files and the device's kind, so only the first run takes minutes. Errors:
/// invalid_argument (another precision is asked for, or by none); unsupported (the loss is over the
/// limit: nothing is kept); those of quantize_model; interrupted.
Result<std::filesystem::path> calibrated_model(const Settings& settings,
                                               const std::vector<std::string>& calib, bool quiet);

}  // namespace saccade::cli
