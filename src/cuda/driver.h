// The NVIDIA driver as it is on this machine. libcuda is opened at run time and never linked, so
// that one binary runs with and without a GPU.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "saccade/error.h"

namespace saccade::cuda {

/// Oldest driver that runs this build's CUDA 13 runtime, as cuDriverGetVersion counts.
inline constexpr int least_driver_version = 13000;

struct Device {
    int ordinal = 0;
    std::string name;  ///< "NVIDIA H100 80GB HBM3"
    int capability_major = 0, capability_minor = 0;
    std::size_t memory = 0;  ///< bytes in all
    std::string pci_bus;     ///< "0000:3b:00.0": what other libraries know it by

    /// 86 for compute capability 8.6.
    [[nodiscard]] int capability() const noexcept {
        return capability_major * 10 + capability_minor;
    }
};

struct Driver {
    int version = 0;  ///< 13000 for CUDA 13.0: the newest runtime that it runs
    std::vector<Device> devices;
};

/// "13.0" for 13000.
std::string version_text(int version);

inline constexpr const char* default_library = "libcuda.so.1";

/// Asks the driver, which takes a fifth of a second the first time; what `default_library` answered
/// is remembered. Creates no context and takes no device memory. Any thread.
/// Errors: unavailable, naming what is missing (the library, a device) or too old, and the way out.
Result<Driver> probe_driver(const std::string& library = default_library);

/// "cuda" is device 0, "cuda:2" device 2. Errors: invalid_argument.
Result<int> device_ordinal(const std::string& name);

}  // namespace saccade::cuda
