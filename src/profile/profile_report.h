// A profile for a person and for a program.
#pragma once

#include <string>
#include <vector>

#include "profile/machine.h"
#include "profile/measurement.h"
#include "profile/verdict.h"

namespace saccade::profile {

/// A layer of the network.
struct LayerTime {
    std::string name, kind;  ///< as the backend has them
    double ms = 0;           ///< an image
};

/// All that `saccade profile` found out.
struct Profile {
    std::string title;    ///< what was run
    std::string setup;    ///< network, device, precision
    std::string version;  ///< of saccade
    Machine machine;
    Measurement measurement;
    Verdict verdict;
    std::vector<LayerTime> layers;  ///< most costly first; empty where not asked for
    std::size_t peak_memory = 0;    ///< bytes
};

/// Tables and the verdict, for a terminal.
[[nodiscard]] std::string profile_text(const Profile& profile);

/// One JSON object, schema "saccade.profile/1".
[[nodiscard]] std::string profile_json(const Profile& profile);

/// One self-contained HTML page.
[[nodiscard]] std::string profile_html(const Profile& profile);

}  // namespace saccade::profile
