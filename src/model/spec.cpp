#include "model/spec.h"

#include <array>
#include <utility>

namespace saccade::model {
namespace {

constexpr std::array<std::pair<Family, std::string_view>, 11> names{{
    {Family::yolov5, "yolov5"},
    {Family::yolov8, "yolov8"},
    {Family::end_to_end, "e2e"},
    {Family::yolox, "yolox"},
    {Family::rows, "rows"},
    {Family::nms, "nms"},
    {Family::yolo_nas, "yolo-nas"},
    {Family::rtdetr, "rt-detr"},
    {Family::ultralytics_detr, "ultralytics-detr"},
    {Family::hf_detr, "hf-detr"},
    {Family::rf_detr, "rf-detr"},
}};

}  // namespace

std::string_view to_string(Family family) noexcept {
    for (const auto& [value, name] : names) {
        if (value == family) return name;
    }
    return "yolov8";
}

std::optional<Family> family_from(std::string_view name) noexcept {
    for (const auto& [value, known] : names) {
        if (known == name) return value;
    }
    return std::nullopt;
}

std::span<const Family> families() noexcept {
    static const auto all = [] {
        std::array<Family, names.size()> values{};
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = names[i].first;
        return values;
    }();
    return all;
}

std::string family_names() {
    std::string text;
    for (const Family family : families()) {
        if (!text.empty()) text += '|';
        text += to_string(family);
    }
    return text;
}

}  // namespace saccade::model
