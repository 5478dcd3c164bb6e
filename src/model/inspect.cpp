#include "model/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/class_names.h"

namespace saccade::model {
namespace {

constexpr int default_size = 640, largest_size = 16384, default_stride = 32;

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

Result<void> check_type(const OnnxModel& model, const ValueInfo& input) {
    switch (input.type) {
        case DataType::f32:
        case DataType::f16:
        case DataType::u8: return {};
        default:
            return no_detector(
                model, fmt::format("its input is {}, not f32, f16 or u8", to_string(input.type)),
                "export it in FP32: the precision is lowered here");
    }
}

/// The one input of four dimensions, and beside it at most the sizes of pictures.
Result<const ValueInfo*> picture_input(const OnnxModel& model) {
    const ValueInfo* picture = nullptr;
    std::string all;
    for (const ValueInfo& input : model.inputs()) {
        all += (all.empty() ? "" : ", ") + input.name + " " + shape_text(input);
        if (input.name != "orig_target_sizes" && picture != nullptr) {
            picture = nullptr;
            break;
        }
        if (input.name != "orig_target_sizes") picture = &input;
    }
    if (picture != nullptr) return picture;
    for (const ValueInfo& input : model.inputs()) {
        if (all.find(input.name) == std::string::npos) all += ", " + input.name;
    }
    return no_detector(model, fmt::format("it has {} inputs: {}", model.inputs().size(), all));
}

}  // namespace

std::string metadata_of(const OnnxModel& model, const std::string& key) {
    const auto found = model.metadata().find(key);
    return found == model.metadata().end() ? "" : found->second;
}

tl::unexpected<Error> no_detector(const OnnxModel& model, const std::string& why,
                                  std::string remedy) {
    return fail(ErrorCode::unsupported,
                fmt::format("{}: not a detection network we can read: {}", model.name(), why),
                std::move(remedy));
}

Result<void> read_input(const OnnxModel& model, ModelSpec& spec) {
    const auto picture = picture_input(model);
    if (!picture) return fail(picture.error());
    const ValueInfo& input = **picture;
    spec.input_name = input.name;
    const auto& shape = input.shape;
    if (shape.size() != 4 || (shape[1] != 3 && shape[1] != -1)) {
        return no_detector(model,
                           fmt::format("input {} is not [N,3,height,width]", shape_text(input)));
    }
    if (auto ok = check_type(model, input); !ok) return ok;
    if (shape[0] > 1024 || shape[2] > largest_size || shape[3] > largest_size) {
        return no_detector(model, fmt::format("input {} is too large", shape_text(input)));
    }
    if (const auto values = integers(metadata_of(model, "stride")); !values.empty()) {
        const int largest = *std::max_element(values.begin(), values.end());
        if (largest >= 1 && largest <= 256) spec.stride = largest;
    }
    spec.batch = shape[0] < 0 ? 0 : static_cast<int>(shape[0]);
    spec.dynamic_size = shape[2] < 0 && shape[3] < 0;
    spec.height = spec.width = default_size;
    if (const auto values = integers(metadata_of(model, "imgsz")); !values.empty()) {
        const auto good = [&](int v) { return v > 0 && v <= largest_size && v % spec.stride == 0; };
        if (good(values.front()) && good(values.back())) {
            spec.height = values.front();
            spec.width = values.back();
        }
    }
    if (shape[2] > 0) spec.height = static_cast<int>(shape[2]);
    if (shape[3] > 0) spec.width = static_cast<int>(shape[3]);
    return {};
}

std::vector<std::string> names_in_file(const OnnxModel& model) {
    if (auto parsed = parse_class_names(metadata_of(model, "names"))) return std::move(*parsed);
    return {};
}

Result<std::vector<std::string>> names_of(const OnnxModel& model, const SpecOverrides& overrides,
                                          const Reading& reading) {
    const auto in_file = names_in_file(model);
    const bool given = !overrides.class_names.empty();
    std::vector<std::string> names = given ? overrides.class_names : in_file;
    const auto classes = static_cast<std::size_t>(std::max<std::int64_t>(reading.classes, 0));
    if (classes > max_classes) {
        return no_detector(model, fmt::format("{} classes are too many", classes));
    }
    if (!names.empty() && (classes == 0 || classes == names.size())) return names;
    if (given) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: {} class names were given, but the network has {} classes",
                                model.name(), names.size(), classes));
    }
    if (!in_file.empty()) {
        return no_detector(model, fmt::format("it names {} classes, but its output has {}",
                                              in_file.size(), classes));
    }
    if (classes == 0) {
        return no_detector(model, "how many classes it has can't be told",
                           "export it with its class names in the metadata (key 'names')");
    }
    if (reading.class_names.size() == classes) return reading.class_names;
    if (classes == coco_class_names().size()) {
        return std::vector<std::string>(coco_class_names().begin(), coco_class_names().end());
    }
    for (std::size_t id = 0; id < classes; ++id) names.push_back(default_class_name(id));
    return names;
}

}  // namespace saccade::model
