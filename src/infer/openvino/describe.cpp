#include <openvino/openvino.hpp>

#include "infer/openvino/openvino_backend.h"
#include "infer/openvino/openvino_error.h"
#include "infer/openvino/openvino_version.h"

namespace saccade::infer {

std::string openvino_version() {
    const std::string build = ov::get_openvino_version().buildNumber;
    return build.substr(0, build.find('-'));
}

BackendDescription describe_openvino() {
    BackendDescription description;
    description.name = "openvino";
    const auto cpu = guarded(ErrorCode::unavailable, "OpenVINO", [&] {
        description.version = openvino_version();
        return ov::Core().get_property("CPU", ov::device::full_name);
    });
    if (cpu) {
        description.available = true;
        description.devices = {"cpu: " + *cpu};
    } else {
        description.remedy =
            "run `make setup` in the project's folder (" + cpu.error().message + ")";
    }
    return description;
}

}  // namespace saccade::infer
