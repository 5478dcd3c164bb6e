// Finds the few scores that matter among many.
#pragma once

#include <cstdint>

#include "core/cpu.h"

namespace saccade::vision {

/// Writes the ascending indices of the values above `threshold` (NaN is not) to `out`, which has
/// room for n, and returns how many there are.
using ScanAbove = int (*)(const float* values, int n, float threshold, std::int32_t* out);

/// The implementation for an instruction set that this processor has.
ScanAbove scan_above(Isa isa) noexcept;

}  // namespace saccade::vision
