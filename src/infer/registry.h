// The backends of this build, and which one runs on which device.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/backend.h"
#include "model/prepared_model.h"
#include "saccade/error.h"

namespace saccade::infer {

/// A backend as `doctor` shows it.
struct BackendDescription {
    std::string name;                  ///< "openvino"
    std::string version;               ///< "2026.4.1", "" where its library is missing
    bool available = false;            ///< its library loads and it has a device
    std::vector<std::string> devices;  ///< "cpu: Intel(R) Xeon(R) Processor" ...
    std::string remedy;                ///< what to do where it is not available
};

/// All backends of this build, the best first. Never fails: what is missing is said in the entry.
std::vector<BackendDescription> backends();

/// The device that "auto" is on this machine, "cpu" or "cuda"; any other name as it is.
std::string settled_device(const std::string& device);

/// Whether what networks give on this device lies in the host's memory.
[[nodiscard]] inline bool gives_to_host(const std::string& settled) {
    return settled == "cpu";
}

/// Loads the network onto options.device: "cpu", "cuda:N", or "auto" for the best there is. Sizes
/// and batch that its graph leaves open are fixed to what the options ask. Errors: invalid_argument
/// (no such device: the message names those there are; batch, slots or size out of range);
/// unsupported (precision, size or batch the network or device can't do; an operator the backend
/// doesn't know); unavailable (library missing); corrupt; out_of_memory.
Result<std::unique_ptr<Backend>> make_backend(const model::Network& network,
                                              const BackendOptions& options);

}  // namespace saccade::infer
