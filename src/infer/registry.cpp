#include "infer/registry.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "core/log.h"
#include "infer/openvino/openvino_backend.h"
#include "infer/tensorrt/tensorrt_backend.h"

namespace saccade::infer {
namespace {

/// One row a backend; `auto` takes the first one that is available.
struct Entry {
    std::string_view device;  ///< "cpu", or "cuda" for "cuda" and "cuda:N"
    BackendDescription (*describe)();
    Result<std::unique_ptr<Backend>> (*load)(const model::OnnxModel&, const model::ModelSpec&,
                                             const BackendOptions&);
};

constexpr std::array entries{
    Entry{"cuda", describe_tensorrt, load_tensorrt},
    Entry{"cpu", describe_openvino, load_openvino},
};

bool names(std::string_view device, const Entry& entry) {
    return device.substr(0, device.find(':')) == entry.device &&
           (device == entry.device || entry.device != "cpu");
}

std::string known_devices() {
    std::string text = "auto";
    for (const Entry& entry : entries) text += fmt::format(", {}", entry.device);
    return text;
}

}  // namespace

std::vector<BackendDescription> backends() {
    std::vector<BackendDescription> all;
    for (const Entry& entry : entries) all.push_back(entry.describe());
    return all;
}

std::string settled_device(const std::string& device) {
    if (device != "auto") return device;
    for (const Entry& entry : entries) {
        if (entry.describe().available) return std::string(entry.device);
    }
    return device;
}

Result<std::unique_ptr<Backend>> make_backend(const model::Network& network,
                                              const BackendOptions& options) {
    if (!network.kept.empty()) log::debug("{}: {}", network.graph.name(), network.kept);
    const std::string device = settled_device(options.device);
    for (const Entry& entry : entries) {
        if (!names(device, entry)) continue;
        BackendOptions settled = options;
        settled.device = device;
        return entry.load(network.graph, network.spec, settled);
    }
    if (device == "auto") {
        return fail(ErrorCode::unavailable, "no device can run networks here",
                    entries.back().describe().remedy);
    }
    return fail(ErrorCode::invalid_argument,
                fmt::format("no device '{}' in this build", options.device),
                "use one of: " + known_devices());
}

}  // namespace saccade::infer
