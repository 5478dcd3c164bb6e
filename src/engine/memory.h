// The memory that a run is governed by.
#pragma once

#include <cstddef>
#include <memory>

#include "infer/backend.h"
#include "pipeline/governor.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// What there is of the memory that the backend's networks run in. None where it can't be read: then
/// failures alone govern.
std::unique_ptr<pipeline::MemoryProbe> probe_for(const infer::BackendInfo& backend);

/// The limit in bytes that the settings set on the probe's device (which may be none); 0 for none.
/// Errors: invalid_argument.
Result<std::size_t> memory_limit(const Settings& settings, const infer::BackendInfo& backend,
                                 pipeline::MemoryProbe* probe);

}  // namespace saccade::engine
