// How long ago this process was started.
#pragma once

#include <chrono>

namespace saccade {

/// Since the kernel made the process, in its ticks (10 ms): the loader's work is in it. 0 where
/// /proc does not tell.
std::chrono::nanoseconds process_age();

}  // namespace saccade
