// What `doctor` found on this machine, and whether that is enough for a run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "infer/registry.h"

namespace saccade::cli {

/// One thing the engine can use.
struct Finding {
    std::string name;
    bool ok = false;
    bool needed = true;  ///< without it the main job can't run
    std::string detail;
    std::string remedy;  ///< how to make it ok, a command mostly
};

/// A finding for each backend, none of them needed by itself, and one for what the setting `device`
/// names, which needs a backend for each device that it comes to.
std::vector<Finding> backend_findings(std::span<const infer::BackendDescription> backends,
                                      const std::string& device);

/// Whether all that is needed is there.
[[nodiscard]] bool able(std::span<const Finding> findings) noexcept;

}  // namespace saccade::cli
