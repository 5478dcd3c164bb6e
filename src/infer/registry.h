// The backends of this build, and which one runs on which device.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/backend.h"
#include "infer/engine_build.h"
#include "model/prepared_model.h"
#include "model/quantize/write_int8.h"
#include "saccade/error.h"

namespace saccade::infer {

/// A device that a backend found.
struct DeviceDescription {
    Device device;
    std::string what;  ///< "Intel(R) Xeon(R) Processor" ...
};
/// "cpu: Intel(R) Xeon(R) Processor"
[[nodiscard]] std::string to_string(const DeviceDescription& device);

/// A backend as `doctor` shows it.
struct BackendDescription {
    std::string name;        ///< "openvino"
    std::string version;     ///< "2026.4.1", "" where its library is missing
    bool available = false;  ///< its library loads and it has a device
    std::vector<DeviceDescription> devices;
    std::string remedy;  ///< what to do where it is not available
};

/// All backends of this build, the best first. Never fails: what is missing is said in the entry.
std::vector<BackendDescription> backends();

/// Loads the network onto options.device. Sizes and batch that its graph leaves open are fixed to
/// what the options ask. Errors: invalid_argument (no such GPU; batch, slots or size out of range);
/// unsupported (precision, size or batch the network or device can't do; an operator the backend
/// doesn't know); unavailable (library missing); corrupt; out_of_memory.
Result<std::unique_ptr<Backend>> make_backend(const model::Network& network,
                                              const BackendOptions& options);

/// Makes sure that the cache holds the engine that make_backend would want of a GPU. Errors: as
/// make_backend; interrupted.
Result<BuiltEngine> build_engine(const model::Network& network, const EngineBuild& build);

/// The form of INT8 networks that the backend of this device runs fastest.
[[nodiscard]] model::Int8Shape int8_shape(Device device);

}  // namespace saccade::infer
