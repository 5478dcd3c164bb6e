#include "infer/registry.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "core/log.h"
#include "infer/openvino/openvino_backend.h"
#include "infer/tensorrt/tensorrt_backend.h"
#include "model/make_dynamic.h"

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

Result<std::unique_ptr<Backend>> make_backend(const model::OnnxModel& model,
                                              const model::ModelSpec& spec,
                                              const BackendOptions& options) {
    const model::DynamicModel freed = model::make_dynamic(model, spec);
    if (!freed.kept.empty()) log::debug("{}: {}", model.name(), freed.kept);
    const model::ModelSpec freed_spec = model::freed_spec(spec, freed);

    std::string remedy;
    for (const Entry& entry : entries) {
        if (options.device == "auto") {
            const auto description = entry.describe();
            if (description.available) return entry.load(freed.model, freed_spec, options);
            remedy = description.remedy;
        } else if (names(options.device, entry)) {
            return entry.load(freed.model, freed_spec, options);
        }
    }
    if (options.device == "auto") {
        return fail(ErrorCode::unavailable, "no device can run networks here", remedy);
    }
    return fail(ErrorCode::invalid_argument,
                fmt::format("no device '{}' in this build", options.device),
                "use one of: " + known_devices());
}

}  // namespace saccade::infer
