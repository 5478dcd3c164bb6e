// How many decoders a file gets.
#pragma once

#include <cstddef>

#include "saccade/settings.h"

namespace saccade::engine {

/// Decoders that may share one of `streams` files at once on a device (-1: the host), where nothing
/// behind detection needs pictures in order. As set, or: a stream keeps one engine of a GPU busy,
/// so that few streams leave the others idle; on a host the network takes all cores.
[[nodiscard]] std::size_t decoders_of_a_file(const Settings& settings, int decode_device,
                                             std::size_t streams);

}  // namespace saccade::engine
