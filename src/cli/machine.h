// The machine with the versions of what the engine uses.
#pragma once

#include "profile/machine.h"

namespace saccade::cli {

[[nodiscard]] profile::Machine machine_with_versions();

}  // namespace saccade::cli
