// The memory that a run is governed by.
#pragma once

#include <cstddef>
#include <memory>

#include "memory/governor.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::memory {

/// What there is of a GPU's memory, or the host's (cuda_device -1). None where it can't be read:
/// then failures alone govern. To be made before the process takes any of it.
std::unique_ptr<Probe> probe_for(int cuda_device);

/// The limit in bytes that the settings set on the probe's device (which may be none); 0 for none.
/// Errors: invalid_argument.
Result<std::size_t> limit_in_bytes(const Settings& settings, int cuda_device, Probe* probe);

}  // namespace saccade::memory
