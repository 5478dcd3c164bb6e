// Which devices a run is to use, from what the user wrote.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infer/registry.h"
#include "saccade/error.h"

namespace saccade::engine {

/// One name a device, none twice: "auto" is the best there is, "cuda:all" every GPU that networks
/// can run on, "cuda:0,cuda:1" those two. A single name is taken as it is: who loads the network
/// judges it. Errors: unavailable (no such device here), invalid_argument (a device named twice,
/// "auto" or "cpu" among others).
Result<std::vector<std::string>> device_list(const std::string& setting,
                                             std::span<const infer::BackendDescription> backends);

/// As above, on this machine. Libraries are only looked for where the name doesn't say it all.
Result<std::vector<std::string>> device_list(const std::string& setting);

/// The number of the first device if it is a GPU, else -1; of "auto", as device_list() has it.
int first_gpu(const std::string& setting);

/// The GPU's number: 1 for "cuda:1", 0 for "cuda"; -1 for all else.
int cuda_ordinal(std::string_view device);

}  // namespace saccade::engine
