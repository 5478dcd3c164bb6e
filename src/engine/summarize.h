// The pipeline's report in the words of the public API.
#pragma once

#include "detect/detector.h"
#include "pipeline/report.h"
#include "saccade/engine.h"

namespace saccade::engine {

/// What is known once the first detector is there.
void add_detector(const detect::DetectorInfo& detector, RunSummary& summary);

/// Adds what the run brought.
void add_report(const pipeline::RunReport& report, RunSummary& summary);

}  // namespace saccade::engine
