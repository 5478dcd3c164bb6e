#include "model/head.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace saccade::model {
namespace {

/// A matcher, and the families that it tells apart.
struct Row {
    MatchFamily match;
    std::initializer_list<Family> families;
};

/// Those that go by names come first, for messages; the order decides nothing.
const std::array matchers{
    Row{match_rtdetr, {Family::rtdetr}},
    Row{match_hf_detr, {Family::hf_detr}},
    Row{match_rf_detr, {Family::rf_detr}},
    Row{match_nms, {Family::nms}},
    Row{match_yolo_nas, {Family::yolo_nas}},
    Row{match_ultralytics_detr, {Family::ultralytics_detr}},
    Row{match_rows, {Family::end_to_end, Family::rows}},
    Row{match_yolov5, {Family::yolov5, Family::yolox}},
    Row{match_yolov8, {Family::yolov8}},
};

std::string outputs_text(const HeadContext& context) {
    std::string text;
    for (const ValueInfo& output : context.model.outputs()) {
        if (!text.empty()) text += ", ";
        text += fmt::format("{} {}", output.name, shape_text(output));
        if (output.type != DataType::f32) text += fmt::format(" of {}", to_string(output.type));
    }
    return (context.model.outputs().size() == 1 ? "output " : "outputs ") + text;
}

std::string remedy() {
    return "if it is a detector, say how it is to be read with --family " + family_names();
}

/// An output that no matcher can use may hold the boxes, or say that the task is another.
const ValueInfo* left_over(const HeadContext& context, const Reading& reading) {
    for (const ValueInfo& output : context.model.outputs()) {
        if (!reading.outputs.contains(output.name)) return &output;
    }
    return nullptr;
}

}  // namespace

Result<Reading> read_head(const HeadContext& context) {
    const std::string& name = context.model.name();
    const auto asked = context.hints.family;
    std::vector<Reading> found;
    std::string why;
    for (const Row& row : matchers) {
        const auto& families = row.families;
        if (asked && std::find(families.begin(), families.end(), *asked) == families.end())
            continue;
        Match match = row.match(context);
        if (match.reading) {
            found.push_back(std::move(*match.reading));
        } else if (!match.why.empty() && why.find(match.why) == std::string::npos) {
            why += (why.empty() ? "" : "; ") + match.why;
        }
    }
    if (asked) {
        if (!found.empty()) return std::move(found.front());
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: {} can't be read as {}{}", name, outputs_text(context),
                                to_string(*asked), why.empty() ? "" : " (" + why + ")"));
    }
    const bool any_certain =
        std::any_of(found.begin(), found.end(), [](const Reading& r) { return r.certain; });
    if (any_certain) std::erase_if(found, [](const Reading& r) { return !r.certain; });
    if (found.size() > 1) {
        std::string families;
        for (const Reading& reading : found) {
            families += (families.empty() ? "" : " or ") + std::string(to_string(reading.family));
        }
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: {} may be {}, and nothing in the file tells which", name,
                                outputs_text(context), families),
                    remedy());
    }
    if (found.empty()) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: not a detection network we can read: {}{}", name,
                                outputs_text(context), why.empty() ? "" : " (" + why + ")"),
                    remedy());
    }
    if (const ValueInfo* beside = left_over(context, found.front())) {
        return fail(
            ErrorCode::unsupported,
            fmt::format("{}: not a detection network we can read: beside {} it has the output "
                        "{} {}, as networks for other tasks do",
                        name, to_string(found.front().family), beside->name, shape_text(*beside)),
            remedy());
    }
    return std::move(found.front());
}

}  // namespace saccade::model
