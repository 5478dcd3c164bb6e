// Which devices of this machine a run is to use.
#pragma once

#include <span>
#include <vector>

#include "infer/registry.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// The devices that a choice comes to where these backends are: of "auto" the best there is, of
/// "cuda:all" every GPU that networks can run on. Named ones are taken as they are: loading the
/// network shows whether they are there. Errors: unavailable.
Result<std::vector<infer::Device>> device_list(const infer::DeviceChoice& choice,
                                               std::span<const infer::BackendDescription> backends);

/// As above, on this machine. Libraries are only looked for where the choice names no device.
Result<std::vector<infer::Device>> device_list(const infer::DeviceChoice& choice);

/// The number of the first device if it is a GPU, else -1, also where there is none.
int first_gpu(const Settings& settings);

}  // namespace saccade::engine
