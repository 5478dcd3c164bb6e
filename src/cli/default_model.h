// Which model runs where the user names none.
#pragma once

#include "cli/config.h"

namespace saccade::cli {

/// Where no model was named and the default one is not found: the first of yolo11n, yolox_s,
/// yolox_tiny and yolox_nano that is, which a warning tells. Else nothing changes.
void choose_default_model(Config& config);

}  // namespace saccade::cli
