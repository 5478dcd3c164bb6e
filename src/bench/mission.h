// The mission's ten tables on this machine, beside what its user had on an RTX 3090.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/suites.h"
#include "profile/mission_report.h"
#include "profile/profile_report.h"

namespace saccade::bench {

struct MissionOptions {
    std::string int8;  ///< a network in INT8, a file or a name; "": none
    bool engines =
        false;  ///< on a GPU: whether engines that are missing may be built, minutes each
    /// Times the layers of the settings' network, the most costly first.
    std::function<Result<std::vector<profile::LayerTime>>(const Settings&)> layers;
};

/// All tables in the mission's order and one of the whole. What this machine can't do, or would
/// take minutes to prepare, is a row that says why it was left out: other precisions, models and
/// input sizes than the settings' need engines of their own on a GPU. Of bench.models the table of
/// models is made; yolo11n, s, m, l where there are none. Errors: those that say nothing of the
/// machine (interrupted, corrupt, internal, unwritable).
Result<std::vector<profile::MissionTable>> run_mission(Bench& bench, const MissionOptions& options);

/// Frames a second with nothing overlapping: read, detect, track, one frame after the other.
Result<double> run_sequential(const Bench& bench, const std::string& clip, int cuda_device);

}  // namespace saccade::bench
