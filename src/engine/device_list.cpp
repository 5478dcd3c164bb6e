#include "engine/device_list.h"

#include <string>

namespace saccade::engine {
namespace {

using infer::Device;
using Kind = infer::DeviceChoice::Kind;

Result<std::vector<Device>> best_of(std::span<const infer::BackendDescription> backends) {
    std::string remedy;
    for (const auto& backend : backends) {
        if (backend.available) return std::vector{backend.devices.front().device};
        remedy = backend.remedy;
    }
    return fail(ErrorCode::unavailable, "no device can run networks here", remedy);
}

Result<std::vector<Device>> all_gpus(std::span<const infer::BackendDescription> backends) {
    std::vector<Device> gpus;
    std::string remedy = "use --device auto";
    for (const auto& backend : backends) {
        for (const infer::DeviceDescription& found : backend.devices) {
            if (found.device.is_host()) continue;
            if (backend.available) {
                gpus.push_back(found.device);
            } else {
                remedy = backend.remedy;
            }
        }
    }
    if (!gpus.empty()) return gpus;
    return fail(ErrorCode::unavailable, "cuda:all: there is no GPU here that can run networks",
                remedy);
}

}  // namespace

Result<std::vector<Device>> device_list(const infer::DeviceChoice& choice,
                                        std::span<const infer::BackendDescription> backends) {
    switch (choice.kind) {
        case Kind::best: return best_of(backends);
        case Kind::all_gpus: return all_gpus(backends);
        case Kind::named: break;
    }
    return choice.named;
}

Result<std::vector<Device>> device_list(const infer::DeviceChoice& choice) {
    if (choice.kind == Kind::named) return choice.named;
    return device_list(choice, infer::backends());
}

int first_gpu(const Settings& settings) {
    const auto choice = infer::parse_device_choice(settings.device);
    if (!choice) return Device::host;
    const auto devices = device_list(*choice);
    return devices && !devices->empty() ? devices->front().cuda : Device::host;
}

}  // namespace saccade::engine
