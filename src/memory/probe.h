// How much of a device's memory is in use, and by whom.
#pragma once

#include <cstddef>

namespace saccade::memory {

/// Memory of a device, bytes.
struct State {
    std::size_t used = 0;    ///< by this process
    std::size_t others = 0;  ///< by all other processes
    std::size_t total = 0;   ///< of the device; 0 where unknown
};

/// Reads a device's memory. One thread at a time.
class Probe {
  public:
    Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
    virtual ~Probe() = default;
    virtual State read() = 0;
};

}  // namespace saccade::memory
