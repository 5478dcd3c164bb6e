// What holds a run back, in plain words, with the evidence and what a change would bring.
#pragma once

#include <string>
#include <vector>

#include "profile/measurement.h"

namespace saccade::profile {

/// One change and what the model expects of it.
struct WhatIf {
    std::string change;  ///< "network twice as fast"
    double speedup = 1;
};

struct Verdict {
    /// A stage's name, "queue" (they are too small), "cores" (the CPU is used up) or "none"
    /// (nothing stands out: the stages are in balance).
    std::string bottleneck;
    std::string stage;    ///< which stage is to be made faster: for "cores" the largest user
    std::string summary;  ///< one sentence
    std::vector<std::string> evidence;
    std::vector<std::string> advice;
    double speedup = 1;           ///< expected of removing the bottleneck
    std::string then;             ///< what would be the next one
    std::vector<WhatIf> what_if;  ///< the most helpful first
    double model_fps = 0;    ///< what the model gives with nothing changed, against the measured
    double model_error = 0;  ///< relative; a large one means that predictions are rough
};

[[nodiscard]] Verdict judge(const Measurement& measured);

}  // namespace saccade::profile
