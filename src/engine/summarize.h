// The pipeline's report in the words of the public API.
#pragma once

#include <string>
#include <vector>

#include "detect/detector.h"
#include "pipeline/report.h"
#include "saccade/engine.h"

namespace saccade::engine {

/// What is known once the first detector is there.
void add_detector(const detect::DetectorInfo& detector, RunSummary& summary);

/// One stream's end. `class_names` by class id.
StreamSummary summary_of(const pipeline::StreamReport& report,
                         const std::vector<std::string>& class_names);

/// Devices are governed each for itself: counts add up, sizes are those of the tightest.
void add_governor(const memory::GovernorReport& report, GovernorSummary& summary);

/// Adds what the run brought.
void add_report(const pipeline::RunReport& report, RunSummary& summary);

}  // namespace saccade::engine
