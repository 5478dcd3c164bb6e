// How well tracks count on a set of sequences, and how a person or a program reads it.
#pragma once

#include <string>
#include <vector>

#include "eval/counts.h"

namespace saccade::eval {

struct SequenceCounts {
    std::string name;
    CountPlaces places;
    CountEvaluation evaluation;
};

struct CountReport {
    std::vector<SequenceCounts> sequences;
    CountScore combined;
};

/// A line a sequence and one for COMBINED; errors in percent. Ends with a line break.
std::string format_table(const CountReport& report);

/// {"schema": "saccade.counts_eval/1", "sequences": {NAME: {FIGURE: number, ..., "lines": [{"line":
/// [x1, y1, x2, y2], "truth": {"in", "out"}, "counted": {"in", "out"}}]}}, "combined": ...}; errors
/// as parts, not percent.
std::string format_json(const CountReport& report);

}  // namespace saccade::eval
