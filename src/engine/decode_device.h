// Where the frames of a run are decoded to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "saccade/engine.h"
#include "saccade/settings.h"
#include "sink/registry.h"

namespace saccade::engine {

/// Whether the tracker is told how the camera moved, for which frames are read on the host.
[[nodiscard]] inline bool uses_camera_motion(Mode mode, const Settings& settings) {
    return mode == Mode::track &&
           (settings.camera_motion == "on" ||
            (settings.camera_motion == "auto" && settings.tracker == "botsort"));
}

/// The detector's GPU, so that frames never leave it; -1, the host, where the detector is there or
/// somebody else reads pixels: a sink that draws, the camera's motion, or a ReID network. From
/// there a GPU detector uploads them.
[[nodiscard]] inline int decode_device(Mode mode, const Settings& settings, int detector_device) {
    if (detector_device < 0 || uses_camera_motion(mode, settings)) return -1;
    if (mode == Mode::track && !settings.reid.empty()) return -1;
    for (const auto& format : sink::sinks()) {
        const bool saved = std::find(settings.save.begin(), settings.save.end(), format.name) !=
                           settings.save.end();
        if (saved && format.needs_pixels) return -1;
    }
    return detector_device;
}

/// Decoders that may share one of `streams` files at once on a device (-1: the host), where nothing
/// behind detection needs pictures in order. As set, or: a stream keeps one engine of a GPU busy,
/// so that few streams leave the others idle; on a host the network takes all cores.
[[nodiscard]] std::size_t decoders_of_a_file(const Settings& settings, int decode_device,
                                             std::size_t streams);

}  // namespace saccade::engine
