// A run over the machines of a Ray cluster: the Python package's work (python/saccade/ray).
#pragma once

#include <string>
#include <vector>

#include "cli/config.h"
#include "saccade/engine.h"

namespace saccade::cli {

struct RayView {
    std::string address;  ///< of the cluster; "": the one of RAY_ADDRESS, or one of this machine
    bool json = false, quiet = false;
};

/// Becomes `python -m saccade.ray` with the settings that are in force and these sources: signals,
/// standard streams and the exit code are its own. The interpreter is that of SACCADE_PYTHON (which
/// the command of a wheel sets), else python3. Returns only where there is none: the exit code.
int run_on_ray(Mode mode, const Config& config, const std::vector<std::string>& sources,
               const RayView& view);

}  // namespace saccade::cli
