#include "engine/setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "detect/factory.h"
#include "engine/model_store.h"
#include "model/inspect.h"
#include "model/onnx_model.h"

namespace saccade::engine {
namespace {

Result<infer::Precision> precision_of(const std::string& name) {
    if (name == "fp32") return infer::Precision::fp32;
    if (name == "fp16") return infer::Precision::fp16;
    if (name == "bf16") return infer::Precision::bf16;
    return fail(ErrorCode::invalid_argument, fmt::format("precision: '{}' is unknown", name),
                "use fp32, bf16 or fp16");
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

}  // namespace

Result<std::unique_ptr<detect::Detector>> open_detector(const Settings& settings,
                                                        infer::Goal goal, bool profile_layers) {
    const auto path = find_model(settings);
    if (!path) return fail(path.error());
    const auto precision = precision_of(settings.precision);
    if (!precision) return fail(precision.error());

    detect::DetectorOptions options;
    options.model = *path;
    if (!settings.family.empty()) options.family = model::family_from(settings.family);
    options.input_size = settings.image_size;
    options.thresholds = {.confidence = settings.confidence,
                          .iou = settings.iou,
                          .max_detections = settings.max_detections,
                          .classes = {},
                          .multi_label = settings.multi_label};
    options.backend.device = settings.device;
    options.backend.precision = *precision;
    options.backend.goal = goal;
    options.backend.profile_layers = profile_layers;
    options.backend.max_batch = std::max(settings.batch, 1);
    options.backend.threads = settings.threads;
    options.backend.cache_dir = (cache_dir(settings) / "compiled").string();

    if (!settings.classes.empty()) {
        const auto onnx = model::OnnxModel::load(*path);
        if (!onnx) return fail(onnx.error());
        const auto spec = model::inspect(*onnx, {.family = options.family, .class_names = {}});
        if (!spec) return fail(spec.error());
        auto ids = class_ids(settings.classes, spec->class_names, onnx->name());
        if (!ids) return fail(ids.error());
        options.thresholds.classes = std::move(*ids);
    }
    return detect::make_detector(options);
}

}  // namespace saccade::engine
