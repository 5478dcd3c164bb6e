// What a run says at its end, for a person and for a program.
#pragma once

#include <string>

#include "saccade/engine.h"

namespace saccade::cli {

/// Several lines: one a source, then totals and times a frame.
std::string summary_text(const RunSummary& summary);

/// The same as one JSON object (fields in docs/formats.md).
std::string summary_json(const RunSummary& summary);

}  // namespace saccade::cli
