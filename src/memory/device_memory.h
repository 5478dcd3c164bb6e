// The memory that a run is governed by.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "memory/limit.h"
#include "memory/probe.h"
#include "saccade/error.h"

namespace saccade::memory {

/// What there is of a GPU's memory, or the host's (cuda_device -1). None where it can't be read:
/// then failures alone govern. To be made before the process takes any of it.
std::unique_ptr<Probe> probe_for(int cuda_device);

/// The limit in bytes on the probe's device (which may be none): as chosen, else 20 GB of a GPU; 0
/// for none. Errors: invalid_argument for a share of a device that doesn't tell what it has.
Result<std::size_t> limit_in_bytes(const std::optional<Limit>& chosen, int cuda_device,
                                   Probe* probe);

}  // namespace saccade::memory
