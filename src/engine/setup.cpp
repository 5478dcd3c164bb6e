#include "engine/setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

#include "engine/device_list.h"
#include "engine/model_store.h"
#include "engine/warm_up.h"
#include "pipeline/refine.h"
#include "settings/network_choices.h"

namespace saccade::engine {
namespace {

/// The policy's sizes are meant for networks that run at any: those whose file says so, and those
/// exported at 640 that can be freed of it. Whoever exported a network at another size wants it so.
Result<pipeline::InputPolicy> input_policy(const Settings& settings,
                                           const model::PreparedModel& model) {
    constexpr int usual_side = 640;
    const model::ModelSpec& spec = model.spec();
    pipeline::InputPolicy policy{.own = {spec.width, spec.height},
                                 .dynamic = spec.dynamic_size,
                                 .stride = spec.stride,
                                 .side = settings.image_size,
                                 .rectangles = settings.rectangles};
    if (settings.image_size > 0 && !settings.rectangles) return policy;
    const bool usual = policy.own == Size{usual_side, usual_side};
    if (!policy.dynamic && (usual || settings.rectangles)) {
        const auto freed = model.network(model::HeadForm::whole);
        if (!freed) return fail(freed.error());
        policy.dynamic = freed->spec.dynamic_size;
    }
    if (settings.rectangles && !policy.dynamic) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} runs at {}x{} only: rectangles need a network of any size",
                                model.name(), spec.width, spec.height),
                    "leave --rect out, or export the model with dynamic sizes");
    }
    return policy;
}

}  // namespace

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

Result<model::PreparedModel> prepare_model(const Settings& settings, std::stop_token stop) {
    const auto choices = settings::network_choices(settings);
    if (!choices) return fail(choices.error());
    const auto path = find_model(settings);
    if (!path) return fail(path.error());
    return model::PreparedModel::load(*path, choices->overrides, std::move(stop));
}

Result<DetectorPlan> plan_detector(const Settings& settings, infer::Goal goal,
                                   std::stop_token stop) {
    auto model = prepare_model(settings, std::move(stop));
    if (!model) return fail(model.error());
    return plan_detector(settings, goal,
                         std::make_shared<const model::PreparedModel>(std::move(*model)));
}

Result<DetectorPlan> plan_detector(const Settings& settings, infer::Goal goal,
                                   std::shared_ptr<const model::PreparedModel> model) {
    auto choices = settings::network_choices(settings);
    if (!choices) return fail(choices.error());
    DetectorPlan plan;
    plan.device = std::move(choices->device);
    plan.memory = choices->memory;
    detect::DetectorOptions& options = plan.options;
    options.model = std::move(model);
    options.thresholds = {.confidence = settings.confidence,
                          .iou = settings.iou,
                          .max_detections = settings.max_detections,
                          .classes = {},
                          .multi_label = settings.multi_label};
    if (settings.refine) {
        options.thresholds.confidence = std::min(settings.confidence, pipeline::faint_score);
    }
    options.backend.precision = choices->precision;
    options.backend.goal = goal;
    options.backend.max_batch = settings.batch;
    options.backend.slots = settings.in_flight;
    options.backend.threads = settings.threads;
    options.backend.cache_dir = (cache_dir(settings) / "compiled").string();

    auto policy = input_policy(settings, *options.model);
    if (!policy) return fail(policy.error());
    plan.input = *policy;
    if (!settings.classes.empty()) {
        auto ids =
            class_ids(settings.classes, options.model->spec().class_names, options.model->name());
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

Result<detect::DetectorOptions> single_detector(const Settings& settings, infer::Goal goal) {
    auto plan = plan_detector(settings, goal);
    if (!plan) return fail(plan.error());
    const auto devices = device_list(plan->device);
    if (!devices) return fail(devices.error());
    if (devices->size() > 1) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("device: {} are several", settings.device),
                    "name one device for this");
    }
    plan->options.backend.device = devices->front();
    plan->options.input = {settings.image_size, settings.image_size};
    return std::move(plan->options);
}

Result<std::unique_ptr<detect::Detector>> open_detector(const Settings& settings, infer::Goal goal,
                                                        bool profile_layers) {
    auto options = single_detector(settings, goal);
    if (!options) return fail(options.error());
    options->backend.profile_layers = profile_layers;
    return load_detector(*options, settings.warmup);
}

}  // namespace saccade::engine
