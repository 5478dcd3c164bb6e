#include "infer/registry.h"

#include <fmt/format.h>

#include <array>

#include "core/log.h"
#include "infer/openvino/openvino_backend.h"
#include "infer/tensorrt/tensorrt_backend.h"

namespace saccade::infer {
namespace {

/// A backend and its calls.
struct Entry {
    model::Int8Shape int8;
    BackendDescription (*describe)();
    Result<std::unique_ptr<Backend>> (*load)(const model::OnnxModel&, const model::ModelSpec&,
                                             const BackendOptions&);
};

/// That of GPUs, which is the better one, and that of the host.
constexpr std::array entries{
    Entry{model::Int8Shape::tensorrt, describe_tensorrt, load_tensorrt},
    Entry{model::Int8Shape::openvino, describe_openvino, load_openvino},
};

const Entry& entry_of(Device device) {
    return device.is_host() ? entries.back() : entries.front();
}

}  // namespace

std::string to_string(const DeviceDescription& device) {
    return fmt::format("{}: {}", to_string(device.device), device.what);
}

std::vector<BackendDescription> backends() {
    std::vector<BackendDescription> all;
    for (const Entry& entry : entries) all.push_back(entry.describe());
    return all;
}

Result<std::unique_ptr<Backend>> make_backend(const model::Network& network,
                                              const BackendOptions& options) {
    if (!network.kept.empty()) log::debug("{}: {}", network.graph.name(), network.kept);
    return entry_of(options.device).load(network.graph, network.spec, options);
}

Result<BuiltEngine> build_engine(const model::Network& network, const EngineBuild& build) {
    return build_tensorrt_engine(network, build);
}

model::Int8Shape int8_shape(Device device) {
    return entry_of(device).int8;
}

}  // namespace saccade::infer
