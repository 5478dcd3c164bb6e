#include "detect/fit.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "detect/postprocess.h"

namespace saccade::detect {
namespace {

Result<void> check(const Thresholds& t, const model::ModelSpec& spec) {
    const auto fraction = [](float x) { return x >= 0 && x <= 1; };
    if (!fraction(t.confidence) || !fraction(t.iou)) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("confidence {} and IoU {} must both lie in 0..1", t.confidence, t.iou));
    }
    if (t.max_detections < 1) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("at least one detection a frame must be let through, not {}",
                                t.max_detections));
    }
    const int classes = static_cast<int>(spec.class_names.size());
    for (const int class_id : t.classes) {
        if (class_id >= 0 && class_id < classes) continue;
        return fail(ErrorCode::invalid_argument, fmt::format("the model has no class {}", class_id),
                    fmt::format("name classes from 0 to {}", classes - 1));
    }
    return {};
}

/// Index of the head among the backend's outputs. A prepared network has one, which compiled ones
/// may know by another of its names.
Result<std::size_t> find_output(const infer::BackendInfo& info, const model::ModelSpec& spec) {
    if (info.outputs.size() == 1) return 0;
    for (std::size_t i = 0; i < info.outputs.size(); ++i) {
        if (info.outputs[i].name == spec.output_name) return i;
    }
    return fail(ErrorCode::unsupported,
                fmt::format("the loaded network has no output {}", spec.output_name));
}

}  // namespace

std::optional<vision::SampleType> sample_type(infer::ElementType type) {
    switch (type) {
        case infer::ElementType::f32: return vision::SampleType::f32;
        case infer::ElementType::f16: return vision::SampleType::f16;
        case infer::ElementType::bf16: return vision::SampleType::bf16;
        case infer::ElementType::u8: return vision::SampleType::u8;
        default: return std::nullopt;
    }
}

Result<Fit> fit(const infer::BackendInfo& loaded, const model::ModelSpec& spec,
                std::string model_name, const Thresholds& thresholds) {
    if (auto checked = check(thresholds, spec); !checked) return fail(checked.error());
    const auto output = find_output(loaded, spec);
    if (!output) return fail(output.error());
    const auto type = sample_type(loaded.input.type);
    const infer::Shape& shape = loaded.input.shape;
    if (!type || shape.size() != 4 || shape[1] != 3) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: the network's input is not of three planes that can be filled",
                                model_name));
    }
    Fit fit;
    fit.output = *output;
    fit.layout.height = static_cast<int>(shape[2]);
    fit.layout.width = static_cast<int>(shape[3]);
    fit.layout.bgr = spec.input.bgr;
    fit.layout.scale = spec.input.scale;
    fit.layout.placement = spec.input.placement;
    fit.layout.pad = spec.input.pad;
    fit.layout.type = *type;

    const Postprocessor reader(spec, fit.layout.width, fit.layout.height, thresholds);
    const infer::TensorInfo& head = loaded.outputs[*output];
    if (auto checked = reader.check(head.type, head.shape); !checked) return fail(checked.error());

    fit.info.model = std::move(model_name);
    fit.info.family = model::to_string(spec.family);
    fit.info.family_forced = spec.forced;
    fit.info.backend = loaded;
    fit.info.class_names = spec.class_names;
    fit.info.input_width = fit.layout.width;
    fit.info.input_height = fit.layout.height;
    return fit;
}

}  // namespace saccade::detect
