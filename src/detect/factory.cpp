#include "detect/factory.h"

#include <fmt/format.h>

#include "detect/cuda_detector.h"
#include "detect/host_detector.h"
#include "infer/registry.h"
#include "model/inspect.h"
#include "model/onnx_model.h"
#include "model/quantize/write_int8.h"
#include "model/raw_head.h"

namespace saccade::detect {
namespace {

/// "cpu" for "auto" where that will be it.
std::string settled(const std::string& device) {
    if (device != "auto") return device;
    for (const auto& backend : infer::backends()) {
        if (!backend.available) continue;
        return backend.devices.front().starts_with("cpu") ? "cpu" : device;
    }
    return device;
}

}  // namespace

Result<std::unique_ptr<Detector>> make_detector(const DetectorOptions& options) {
    const auto read = model::OnnxModel::load(options.model);
    if (!read) return fail(read.error());
    auto model = model::without_int8(*read);  // the backend writes the quantisers of its shape
    if (!model) return fail(model.error());
    auto spec = model::inspect(*model, {options.family, options.class_names});
    if (!spec) return fail(spec.error());

    infer::BackendOptions load = options.backend;
    if (!load.precision && model->metadata().contains(model::int8_key)) {
        load.precision = infer::Precision::int8;
    }
    const bool given = options.input != Size{};
    load.width = given ? options.input.width : spec->width;
    load.height = given ? options.input.height : spec->height;
    load.device = settled(load.device);
    if (load.device == "cpu") {  // a GPU decodes all anchors at once, and hardly notices
        if (auto cut = model::cut_to_raw_head(*model, *spec); !cut) return fail(cut.error());
    }
    auto backend = infer::make_backend(*model, *spec, load);
    if (!backend) return fail(backend.error());

    const infer::Shape& input = (*backend)->info().input.shape;
    if (given && (input[2] != load.height || input[3] != load.width)) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} runs at {}x{} only, not at {}x{}", model->name(), input[3],
                                input[2], load.width, load.height),
                    "leave --imgsz out, or export the model with dynamic sizes");
    }
    if ((*backend)->input(0).memory == MemoryKind::cuda) {
        return make_cuda_detector(std::move(*backend), *spec, model->name(), options.thresholds);
    }
    return HostDetector::create(std::move(*backend), *spec, model->name(), options.thresholds);
}

}  // namespace saccade::detect
