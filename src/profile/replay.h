// The pipeline as a model: runs the measured frames again, on paper, with something changed.
//
// Each stage is a server with the measured service times, each queue has its capacity, the device
// batches as InferStage does, and all stages draw on the machine's cores. With nothing changed it
// must give back what was measured; that it does is what makes its predictions worth something.
#pragma once

#include <array>
#include <vector>

#include "profile/measurement.h"

namespace saccade::profile {

/// What is to be otherwise than in the measured run.
struct Scenario {
    std::array<double, stage_count> work{1, 1, 1,
                                         1, 1, 1};  ///< factor on each stage's time and CPU
    double queue = 1;                               ///< factor on the queues' capacity
    double cores = 1;                               ///< factor on the machine's cores
};

/// Seconds that the pipeline's waiting for one another takes, if there were cores for all.
[[nodiscard]] double replay_seconds(const Measurement& measured, const Scenario& scenario);

/// Frames a second: the replay's, or less where the cores can't do the CPU work in its time.
[[nodiscard]] double predicted_fps(const Measurement& measured, const Scenario& scenario = {});

/// How many times faster than with nothing changed.
[[nodiscard]] double predicted_speedup(const Measurement& measured, const Scenario& scenario);

}  // namespace saccade::profile
