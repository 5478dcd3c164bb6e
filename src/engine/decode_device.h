// Where the frames of a run are decoded to.
#pragma once

#include <cstddef>

#include "saccade/settings.h"
#include "settings/stream_choices.h"

namespace saccade::engine {

/// The detector's GPU, so that frames never leave it; -1, the host, where the detector is there or
/// something else reads pixels. From there a GPU detector uploads them.
[[nodiscard]] inline int decode_device(const settings::StreamChoices& choices,
                                       int detector_device) noexcept {
    return choices.reads_pixels() ? -1 : detector_device;
}

/// Decoders that may share one of `streams` files at once on a device (-1: the host), where nothing
/// behind detection needs pictures in order. As set, or: a stream keeps one engine of a GPU busy,
/// so that few streams leave the others idle; on a host the network takes all cores.
[[nodiscard]] std::size_t decoders_of_a_file(const Settings& settings, int decode_device,
                                             std::size_t streams);

}  // namespace saccade::engine
