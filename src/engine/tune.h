// Chooses among settings by trying them against each other.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// One change that might make a run faster.
struct Change {
    std::string name;  ///< "batch 4"
    std::function<void(Settings& settings)> apply;
};
/// Changes of one kind, of which one at most is kept, tried in this order. The first that does not
/// help ends the group: what is more of the same would help less.
using ChangeGroup = std::vector<Change>;

/// A change that was tried.
struct Trial {
    std::string name;
    double ratio = 1;  ///< frames a second with it over without it, median of its pairs
    bool kept = false;
};

struct Tuned {
    Settings settings;
    std::vector<Trial> trials;
};

/// Frames a second of a short run.
using Measure = std::function<Result<double>(const Settings& settings)>;

/// Starts from `base` and keeps each change that is faster than what there was without it. Both are
/// run in turn, so that they see the same load of the machine, and a change is kept only where all
/// of five pairs show a gain of `least_gain`; the first that doesn't ends it. What was kept is held
/// against the base once more and taken back where the median of five further pairs shows less. So
/// where nothing is sure, the base stays as it was. A change that can't be run (no memory, a fixed
/// batch) is passed over. Errors: of measuring the base, and interrupted.
inline constexpr double least_gain = 1.02;
Result<Tuned> tune(const Settings& base, const std::vector<ChangeGroup>& groups,
                   const Measure& measure);

}  // namespace saccade::engine
