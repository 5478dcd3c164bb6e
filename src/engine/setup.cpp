#include "engine/setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/device_list.h"
#include "engine/model_store.h"
#include "engine/warm_up.h"
#include "model/inspect.h"
#include "model/make_dynamic.h"
#include "model/onnx_model.h"
#include "model/quantize/write_int8.h"
#include "pipeline/refine.h"

namespace saccade::engine {
namespace {

Result<std::optional<infer::Precision>> precision_of(const std::string& name) {
    if (name == "auto") return std::nullopt;
    if (name == "mixed") return infer::Precision::mixed;
    if (name == "fp32") return infer::Precision::fp32;
    if (name == "fp16") return infer::Precision::fp16;
    if (name == "bf16") return infer::Precision::bf16;
    if (name == "int8") return infer::Precision::int8;
    return fail(ErrorCode::invalid_argument, fmt::format("precision: '{}' is unknown", name),
                "use auto, fp32, fp16, mixed, bf16 or int8");
}

/// Class ids for names or numbers of `wanted`.
Result<std::vector<int>> class_ids(const std::vector<std::string>& wanted,
                                   const std::vector<std::string>& names,
                                   const std::string& model) {
    std::vector<int> ids;
    for (const std::string& text : wanted) {
        const auto named = std::find(names.begin(), names.end(), text);
        int id = static_cast<int>(named - names.begin());
        if (named == names.end()) {
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
            const bool number = error == std::errc{} && end == text.data() + text.size();
            if (!number || id < 0 || id >= static_cast<int>(names.size())) {
                return fail(ErrorCode::invalid_argument,
                            fmt::format("classes: {} has no class '{}'", model, text),
                            fmt::format("use names such as '{}' or numbers from 0 to {}",
                                        names.empty() ? "" : names.front(), names.size() - 1));
            }
        }
        ids.push_back(id);
    }
    return ids;
}

/// The policy's sizes are meant for networks that run at any: those whose file says so, and those
/// exported at 640 that can be freed of it. Who exported a network at another size wants that one.
Result<pipeline::InputPolicy> input_policy(const Settings& settings, const model::OnnxModel& onnx,
                                           const model::ModelSpec& spec) {
    constexpr int kUsual = 640;
    pipeline::InputPolicy policy{.own = {spec.width, spec.height},
                                 .dynamic = spec.dynamic_size,
                                 .stride = spec.stride,
                                 .side = settings.image_size,
                                 .rectangles = settings.rectangles};
    if (settings.image_size > 0 && !settings.rectangles) return policy;
    const bool usual = policy.own == Size{kUsual, kUsual};
    if (!policy.dynamic && (usual || settings.rectangles)) {
        policy.dynamic = model::make_dynamic(onnx, spec).dynamic_size;
    }
    if (settings.rectangles && !policy.dynamic) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} runs at {}x{} only: rectangles need a network of any size",
                                onnx.name(), spec.width, spec.height),
                    "leave --rect out, or export the model with dynamic sizes");
    }
    return policy;
}

}  // namespace

Result<DetectorPlan> plan_detector(const Settings& settings, infer::Goal goal) {
    const auto path = find_model(settings);
    if (!path) return fail(path.error());
    const auto precision = precision_of(settings.precision);
    if (!precision) return fail(precision.error());

    DetectorPlan plan;
    detect::DetectorOptions& options = plan.options;
    options.model = *path;
    if (!settings.family.empty()) options.family = model::family_from(settings.family);
    options.thresholds = {.confidence = settings.confidence,
                          .iou = settings.iou,
                          .max_detections = settings.max_detections,
                          .classes = {},
                          .multi_label = settings.multi_label};
    if (settings.refine) {
        options.thresholds.confidence = std::min(settings.confidence, pipeline::kFaint);
    }
    options.backend.device = settings.device;
    options.backend.precision = *precision;
    options.backend.goal = goal;
    options.backend.max_batch = settings.batch;
    options.backend.slots = settings.in_flight;
    options.backend.threads = settings.threads;
    options.backend.cache_dir = (cache_dir(settings) / "compiled").string();

    const auto read = model::OnnxModel::load(*path);
    if (!read) return fail(read.error());
    const auto onnx = model::without_int8(*read);  // the device's own quantisers come later
    if (!onnx) return fail(onnx.error());
    const auto spec = model::inspect(*onnx, {.family = options.family, .class_names = {}});
    if (!spec) return fail(spec.error());
    plan.model = onnx->name();
    plan.family = model::to_string(spec->family);
    auto policy = input_policy(settings, *onnx, *spec);
    if (!policy) return fail(policy.error());
    plan.input = *policy;
    if (!settings.classes.empty()) {
        auto ids = class_ids(settings.classes, spec->class_names, onnx->name());
        if (!ids) return fail(ids.error());
        options.thresholds.classes = std::move(*ids);
    }
    return plan;
}

Result<std::unique_ptr<detect::Detector>> load_detector(const detect::DetectorOptions& options,
                                                        int warmup) {
    auto detector = detect::make_detector(options);
    if (!detector) return detector;
    if (auto ok = warm_up(**detector, warmup); !ok) return fail(ok.error());
    return detector;
}

Result<std::unique_ptr<detect::Detector>> open_detector(const Settings& settings,
                                                        infer::Goal goal, bool profile_layers) {
    auto plan = plan_detector(settings, goal);
    if (!plan) return fail(plan.error());
    const auto devices = device_list(settings.device);
    if (!devices) return fail(devices.error());
    if (devices->size() > 1) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("device: {} are several", settings.device),
                    "name one device for this");
    }
    plan->options.backend.device = devices->front();
    plan->options.backend.profile_layers = profile_layers;
    plan->options.input = {settings.image_size, settings.image_size};
    return load_detector(plan->options, settings.warmup);
}

}  // namespace saccade::engine
