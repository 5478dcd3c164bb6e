#include "detect/factory.h"

#include <fmt/format.h>

#include <utility>

#include "detect/cuda_detector.h"
#include "detect/host_detector.h"
#include "infer/registry.h"

namespace saccade::detect {

Result<OpenNetwork> open_network(const DetectorOptions& options) {
    const model::PreparedModel& model = *options.model;
    infer::BackendOptions load = options.backend;
    const bool given = options.input != Size{};
    load.width = given ? options.input.width : model.spec().width;
    load.height = given ? options.input.height : model.spec().height;
    // A GPU decodes all anchors at once, and hardly notices.
    const bool on_host = load.device.is_host();
    auto network = model.network(on_host ? model::HeadForm::raw : model::HeadForm::whole);
    if (!network) return fail(network.error());
    // Such a head's distances are decoded here, in FP32. (YOLOX's sizes, logarithms, lose more than
    // 1 % of the matched F1 in BF16: bench/results/int8.md.)
    load.bf16_will_do = network->spec.reg_max > 0;
    auto backend = infer::make_backend(*network, load);
    if (!backend) return fail(backend.error());

    const infer::Shape& input = (*backend)->info().input.shape;
    if (given && (input[2] != load.height || input[3] != load.width)) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} runs at {}x{} only, not at {}x{}", model.name(), input[3],
                                input[2], load.width, load.height),
                    "leave --imgsz out, or export the model with dynamic sizes");
    }
    return OpenNetwork{std::move(*backend), std::move(network->spec)};
}

Result<std::unique_ptr<Detector>> make_detector(const DetectorOptions& options) {
    auto network = open_network(options);
    if (!network) return fail(network.error());
    const auto make = network->backend->input(0).memory == MemoryKind::cuda ? make_cuda_detector
                                                                            : HostDetector::create;
    return make(std::move(network->backend), network->spec, options.model->name(),
                options.thresholds);
}

}  // namespace saccade::detect
