// A run of the engine as the command line shows it: progress, summary, exit code.
#pragma once

#include <string>
#include <vector>

#include "saccade/engine.h"

namespace saccade::cli {

struct RunView {
    bool json = false, quiet = false;
    std::string trace;  ///< file for ui.perfetto.dev; "" for none
};

/// Runs, shows progress, prints the summary, and returns the exit code.
int run_and_show(Mode mode, const Settings& settings, const std::vector<std::string>& sources,
                 const RunView& view);

}  // namespace saccade::cli
