#include "engine/device_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "cuda/driver.h"

namespace saccade::engine {
namespace {

/// "cuda:1" of "cuda:1: NVIDIA H100 ...", "cpu" of "cpu: Intel ...".
std::string name_of(const std::string& described) {
    return described.substr(0, described.find(": "));
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        parts.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

Result<std::vector<std::string>> all_gpus(std::span<const infer::BackendDescription> backends) {
    std::vector<std::string> names;
    std::string remedy = "use --device auto";
    for (const auto& backend : backends) {
        for (const std::string& device : backend.devices) {
            const std::string name = name_of(device);
            if (cuda_ordinal(name) < 0) continue;
            if (backend.available) {
                names.push_back(name);
            } else {
                remedy = backend.remedy;
            }
        }
    }
    if (names.empty()) {
        return fail(ErrorCode::unavailable, "cuda:all: there is no GPU here that can run networks",
                    remedy);
    }
    return names;
}

}  // namespace

int cuda_ordinal(std::string_view device) {
    return cuda::device_ordinal(std::string(device)).value_or(-1);
}

Result<std::vector<std::string>> device_list(const std::string& setting,
                                             std::span<const infer::BackendDescription> backends) {
    if (setting == "cuda:all") return all_gpus(backends);
    if (setting == "auto") {
        for (const auto& backend : backends) {
            if (backend.available) return std::vector{name_of(backend.devices.front())};
        }
        return std::vector{setting};  // whoever loads the network says what is missing
    }
    std::vector<std::string> names = split(setting);
    if (names.size() == 1) return names;
    for (auto name = names.begin(); name != names.end(); ++name) {
        const int gpu = cuda_ordinal(*name);
        if (gpu < 0) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("device: '{}' can't be one of several", *name),
                        "name GPUs: cuda:0,cuda:1 ... or cuda:all");
        }
        const auto twice = std::find_if(names.begin(), name, [&](const std::string& other) {
            return cuda_ordinal(other) == gpu;
        });
        if (twice != name) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("device: '{}' is named twice", *name), "name each GPU once");
        }
    }
    return names;
}

Result<std::vector<std::string>> device_list(const std::string& setting) {
    if (setting != "auto" && setting != "cuda:all") return device_list(setting, {});
    return device_list(setting, infer::backends());
}

int first_gpu(const std::string& setting) {
    const auto devices = device_list(setting);
    return devices && !devices->empty() ? cuda_ordinal(devices->front()) : -1;
}

}  // namespace saccade::engine
