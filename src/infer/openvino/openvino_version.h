// Which OpenVINO this is.
#pragma once

#include <string>

namespace saccade::infer {

/// "2026.4.1"
std::string openvino_version();

}  // namespace saccade::infer
