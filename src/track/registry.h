// Trackers by name.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "track/tracker.h"

namespace saccade::track {

/// What a caller may set; what is left out is the tracker's own published default. An option that a
/// tracker has no use for is not looked at (SORT has no second stage, so no low_score).
struct TrackerOptions {
    std::optional<float> high_score;     ///< detections from here up are associated first, [0, 1]
    std::optional<float> low_score;      ///< below this a detection is not looked at, [0, 1]
    std::optional<float> new_score;      ///< least score of a detection that starts a track, [0, 1]
    std::optional<float> match_iou;      ///< least (fused) overlap of a pair in stage one, [0, 1]
    std::optional<double> lost_seconds;  ///< how long an unseen object is waited for, >= 0
    std::optional<double> remember_seconds;  ///< how long who left is known again by looks, >= 0
    std::optional<bool> fuse_score;          ///< weigh overlaps by the detection's score
    bool class_aware = true;        ///< a track is continued by detections of its own class only
    bool report_tentative = false;  ///< also report tracks not yet believed
    bool report_lost = false;       ///< also report tracks that are waited for
};

struct TrackerDescription {
    std::string_view name;       ///< as in --tracker
    std::string_view summary;    ///< one line: what it is and whose paper
    bool appearance = false;     ///< makes use of Observation::embeddings
    bool camera_motion = false;  ///< is told of the camera's motion unless the user says otherwise
};

/// All that can be made, by name; the first is the default.
[[nodiscard]] std::vector<TrackerDescription> trackers();

/// Errors: not_found for a name that is none of trackers(); invalid_argument for an option out of
/// its range.
[[nodiscard]] Result<std::unique_ptr<Tracker>> make_tracker(std::string_view name,
                                                            const TrackerOptions& options);

}  // namespace saccade::track
