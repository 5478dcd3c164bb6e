// What a network holds of its device's memory.
#pragma once

#include <cstddef>

namespace saccade::memory {

/// Bytes held on the device that the network runs on. Measured, never guessed.
struct Use {
    std::size_t held = 0;       ///< weights, activations and I/O of all slots
    std::size_t per_image = 0;  ///< what one more image a batch would take
};

}  // namespace saccade::memory
