// saccade::run() for the programs of this repository, which may record it.
#pragma once

#include <string>
#include <vector>

#include "saccade/engine.h"
#include "trace/trace.h"

namespace saccade::engine {

/// As saccade::run(). `tracer` records the run and outlives it; none: nothing is recorded.
Result<RunSummary> run(Mode mode, const Settings& settings, const std::vector<std::string>& sources,
                       const RunHooks& hooks, Tracer* tracer);

}  // namespace saccade::engine
