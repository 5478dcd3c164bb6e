// A run as this program tells of it: recorded where that is asked for, timed from the program's
// start.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/process_age.h"
#include "engine/run.h"

namespace saccade::cli {

/// As engine::run(); RunSummary::first_result_seconds counts from the start of the process.
inline Result<RunSummary> timed_run(Mode mode, const Settings& settings,
                                    const std::vector<std::string>& sources, const RunHooks& hooks,
                                    Tracer* tracer = nullptr) {
    const std::chrono::duration<double> before = process_age();
    auto summary = engine::run(mode, settings, sources, hooks, tracer);
    if (summary && summary->first_result_seconds > 0) {
        summary->first_result_seconds += before.count();
    }
    return summary;
}

}  // namespace saccade::cli
