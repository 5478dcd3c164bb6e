#include "model/spec.h"

namespace saccade::model {

std::string_view to_string(Family family) noexcept {
    switch (family) {
        case Family::yolov5:
            return "yolov5";
        case Family::yolov8:
            return "yolov8";
        case Family::end_to_end:
            return "e2e";
        case Family::yolox:
            return "yolox";
    }
    return "yolov8";
}

std::optional<Family> family_from(std::string_view name) noexcept {
    for (const Family family :
         {Family::yolov5, Family::yolov8, Family::end_to_end, Family::yolox}) {
        if (name == to_string(family)) return family;
    }
    return std::nullopt;
}

}  // namespace saccade::model
