// The library that fits a GPU.
#pragma once

#include <memory>

#include "infer/device.h"
#include "infer/tensorrt/api.h"
#include "infer/tensorrt/engine_builder.h"
#include "saccade/error.h"

namespace saccade::infer::tensorrt {

struct Opened {
    std::unique_ptr<Library> library;
    Target target;
    int ordinal = 0;  ///< of the GPU; -1 where it is not here
};

/// For a GPU of this machine. Errors: invalid_argument (no such GPU), unavailable (driver,
/// library).
Result<Opened> open_for_device(Device device);

/// For a compute capability (86), whatever is here. Errors: unavailable.
Result<Opened> open_for_capability(int capability);

}  // namespace saccade::infer::tensorrt
