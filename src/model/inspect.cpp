#include "model/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/class_names.h"
#include "model/head.h"
#include "model/onnx_access.h"

namespace saccade::model {
namespace {

constexpr int default_size = 640, largest_size = 16384, default_stride = 32;

const std::string* find(const OnnxModel& model, const std::string& key) {
    const auto found = model.metadata().find(key);
    return found == model.metadata().end() ? nullptr : &found->second;
}

/// The integers in a text such as "[640, 480]" or "32".
std::vector<int> integers(std::string_view text) {
    std::vector<int> values;
    for (std::size_t i = 0; i < text.size() && values.size() < 8;) {
        int value = 0;
        const auto end = std::from_chars(text.data() + i, text.data() + text.size(), value);
        if (end.ec == std::errc()) values.push_back(value);
        i = std::max(i + 1, static_cast<std::size_t>(end.ptr - text.data()));
    }
    return values;
}

tl::unexpected<Error> no_detector(const OnnxModel& model, const std::string& why,
                                  std::string remedy = {}) {
    return fail(ErrorCode::unsupported,
                fmt::format("{}: not a detection network we can read: {}", model.name(), why),
                std::move(remedy));
}

Result<void> read_input(const OnnxModel& model, ModelSpec& spec) {
    if (model.inputs().size() != 1) {
        return no_detector(model, fmt::format("it has {} inputs", model.inputs().size()));
    }
    const ValueInfo& input = model.inputs().front();
    spec.input_name = input.name;
    const auto& shape = input.shape;
    if (shape.size() != 4 || (shape[1] != 3 && shape[1] != -1)) {
        return no_detector(model,
                           fmt::format("input {} is not [N,3,height,width]", shape_text(input)));
    }
    if (input.type != DataType::f32) {
        return no_detector(model, fmt::format("its input is {}, not f32", to_string(input.type)),
                           "export it in FP32: the precision is lowered here");
    }
    if (shape[0] > 1024 || shape[2] > largest_size || shape[3] > largest_size) {
        return no_detector(model, fmt::format("input {} is too large", shape_text(input)));
    }
    if (const auto* stride = find(model, "stride"); stride != nullptr) {
        const auto values = integers(*stride);
        const int largest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
        if (largest >= 1 && largest <= 256) spec.stride = largest;
    }
    spec.batch = shape[0] < 0 ? 0 : static_cast<int>(shape[0]);
    spec.dynamic_size = shape[2] < 0 && shape[3] < 0;
    spec.height = spec.width = default_size;
    if (const auto* size = find(model, "imgsz"); size != nullptr) {
        const auto values = integers(*size);
        const auto good = [&](int v) { return v > 0 && v <= largest_size && v % spec.stride == 0; };
        if (!values.empty() && good(values.front()) && good(values.back())) {
            spec.height = values.front();
            spec.width = values.back();
        }
    }
    if (shape[2] > 0) spec.height = static_cast<int>(shape[2]);
    if (shape[3] > 0) spec.width = static_cast<int>(shape[3]);
    return {};
}

/// The class names the user gave, or the file, or COCO's for its 80 classes, or numbers.
Result<void> read_names(const OnnxModel& model, const SpecOverrides& overrides,
                        const std::vector<std::string>& in_file, const Head& head,
                        ModelSpec& spec) {
    const bool given = !overrides.class_names.empty();
    spec.class_names = given ? overrides.class_names : in_file;
    const auto classes = static_cast<std::size_t>(std::max<std::int64_t>(head.classes, 0));
    if (classes == 0 || classes == spec.class_names.size()) return {};
    if (given) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: {} class names were given, but the network has {} classes",
                                model.name(), spec.class_names.size(), classes));
    }
    if (!in_file.empty()) {
        return no_detector(model, fmt::format("it names {} classes, but its output has {}",
                                              in_file.size(), classes));
    }
    if (classes == coco_class_names().size()) {
        spec.class_names.assign(coco_class_names().begin(), coco_class_names().end());
    } else {
        for (std::size_t id = 0; id < classes; ++id) {
            spec.class_names.push_back(default_class_name(id));
        }
    }
    return {};
}

}  // namespace

Result<ModelSpec> inspect(const OnnxModel& model, const SpecOverrides& overrides) {
    ModelSpec spec;
    spec.stride = default_stride;
    if (auto ok = read_input(model, spec); !ok) return fail(ok.error());

    if (const auto* task = find(model, "task"); task != nullptr && *task != "detect") {
        return no_detector(model, fmt::format("its task is '{}'", *task),
                           "use a model of the detect task");
    }
    std::vector<std::string> in_file;
    if (const auto* names = find(model, "names"); names != nullptr) {
        if (auto parsed = parse_class_names(*names)) in_file = std::move(*parsed);
    }
    const auto* flag = find(model, "end2end");
    const std::string end_to_end = flag == nullptr ? "" : *flag;
    HeadHints hints{overrides.family, end_to_end == "True" || end_to_end == "true",
                    static_cast<std::int64_t>(in_file.size()), spec.width, spec.height};
    const auto head = read_head(model, hints);
    if (!head) {
        const ValueInfo& output = model.outputs().front();
        if (overrides.family) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: output {} can't be read as {}", model.name(),
                                    shape_text(output), to_string(*overrides.family)));
        }
        return no_detector(model, "output " + shape_text(output),
                           "if it is one, say which with --family yolov5|yolov8|e2e|yolox");
    }
    spec.family = head->family;
    spec.output_name = head->output;
    spec.detections = static_cast<int>(head->detections);
    if (head->yolox_input) spec.input = {true, 1.0F, false, 114};
    if (auto ok = read_names(model, overrides, in_file, *head, spec); !ok) return fail(ok.error());
    return spec;
}

}  // namespace saccade::model
