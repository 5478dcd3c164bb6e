// What the settings say of a stream behind its detector, understood: tracker, outputs, counts.
#pragma once

#include <optional>
#include <vector>

#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/settings.h"
#include "sink/registry.h"
#include "track/registry.h"
#include "track/zones.h"

namespace saccade::settings {

struct StreamChoices {
    std::optional<track::TrackerDescription> tracker;  ///< none where nothing is tracked
    track::TrackerOptions tracker_options;
    bool camera_motion = false;                  ///< is estimated for the tracker
    bool appearance = false;                     ///< is told to the tracker by a ReID network
    std::vector<sink::SinkDescription> outputs;  ///< in the order given; counts come last
    std::vector<track::Line> lines;              ///< empty where nothing is tracked
    std::vector<track::Zone> zones;              ///< likewise
    media::EncoderChoice encoder;                ///< of drawn video

    [[nodiscard]] bool writes(std::string_view format) const noexcept;
};

/// Errors: invalid_argument, naming the setting and what it may be: a word that is unknown, a
/// shape that is none, a ReID network for a tracker that can't make use of it.
[[nodiscard]] Result<StreamChoices> stream_choices(Mode mode, const Settings& settings);

}  // namespace saccade::settings
