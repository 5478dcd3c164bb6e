// Families that hand boxes, scores and classes out apart, as YOLO-NAS and suppression inside do.
#include <algorithm>

#include "model/families/reading.h"

namespace saccade::model {
namespace {

bool names_classes(const std::string& name) {
    return name.find("class") != std::string::npos || name.find("label") != std::string::npos;
}

}  // namespace

Match match_yolo_nas(const HeadContext& context) {
    const auto& outputs = context.model.outputs();
    const bool forced = context.hints.family == Family::yolo_nas;
    if (outputs.size() != 2) return Match::none();
    if (context.output("pred_boxes") != nullptr || context.output("dets") != nullptr) {
        return Match::none();  // a DETR's, whose boxes are not of pixels
    }
    const auto first = head_shape(outputs[0]), second = head_shape(outputs[1]);
    if (!first || !second || (*first)[1] != (*second)[1]) return Match::none();
    const auto is_boxes = [&](std::size_t at, const std::vector<std::int64_t>& shape) {
        return shape[2] == 4 &&
               content_of(context.view, context.types, outputs[at].name) != Content::probability;
    };
    const bool boxes_first = is_boxes(0, *first), boxes_second = is_boxes(1, *second);
    if (!boxes_first && !boxes_second) return Match::none();
    if (boxes_first && boxes_second) {
        return Match::none("two outputs have four columns, and neither comes from a sigmoid");
    }
    const ValueInfo& boxes = outputs[boxes_first ? 0 : 1];
    const ValueInfo& scores = outputs[boxes_first ? 1 : 0];
    const std::int64_t anchors = (*first)[1];
    const std::int64_t classes = scores.has_shape ? scores.shape[2] : unknown_size;
    if (classes <= 0) return Match::none();
    const Content content = content_of(context.view, context.types, scores.name);
    const bool on_cells = anchors == context.cells();
    if (!forced) {
        if (content == Content::other || content == Content::label) {
            return Match::none("its second output is no probabilities");
        }
        // DETRs hand the same two out, for a few queries and not for every cell.
        if (anchors != unknown_size && !on_cells) return Match::none();
        if (anchors == unknown_size && content != Content::probability) return Match::none();
    }
    Reading reading{.family = Family::yolo_nas,
                    .certain = on_cells || content == Content::probability};
    reading.classes = classes;
    reading.detections = std::max<std::int64_t>(anchors, 0);
    reading.outputs = {boxes.name, scores.name};
    reading.rewrite = [boxes = boxes.name, scores = scores.name](OnnxWriter& writer) {
        // x1 y1 x2 y2 to cx cy w h, so that it is one of the layouts.
        const auto pair = [&](std::int64_t at) {
            return writer.node("Gather", {boxes, writer.integers({at, at + 1})}, {}, {{"axis", 2}});
        };
        const std::string low = pair(0), high = pair(2);
        const std::string centre =
            writer.node("Mul", {writer.node("Add", {low, high}), writer.scalar(0.5F)});
        const std::string size = writer.node("Sub", {high, low});
        return turned(writer, joined(writer, {centre, size, scores}, 2));
    };
    return {reading, {}};
}

Match match_nms(const HeadContext& context) {
    const auto& outputs = context.model.outputs();
    if (outputs.size() != 4) return Match::none();
    const ValueInfo *number = nullptr, *boxes = nullptr, *scores = nullptr, *classes = nullptr;
    for (const ValueInfo& output : outputs) {
        if (!output.has_shape) return Match::none();
        const auto& shape = output.shape;
        const bool whole = is_whole(output.type);
        if (shape.size() == 3 && shape[2] == 4 && is_float(output.type)) {
            boxes = &output;
        } else if (shape.size() == 2 && shape[1] == 1 && whole && number == nullptr) {
            number = &output;
        } else if (shape.size() == 2 && (whole || names_classes(output.name))) {
            classes = &output;
        } else if (shape.size() == 2 && is_float(output.type)) {
            scores = &output;
        }
    }
    if (number == nullptr || boxes == nullptr || scores == nullptr || classes == nullptr) {
        return Match::none();
    }
    const std::int64_t rows = boxes->shape[1];
    if (rows <= 0 || scores->shape[1] != rows || classes->shape[1] != rows) return Match::none();
    Reading reading{.family = Family::nms, .certain = true};
    reading.layout = HeadLayout::rows;
    reading.suppressed = true;
    reading.classes = classes_of_ids(context);
    reading.detections = rows;
    for (const ValueInfo& output : outputs) reading.outputs.insert(output.name);
    reading.rewrite = [=, number = number->name, boxes = boxes->name, scores = scores->name,
                       classes = classes->name](OnnxWriter& writer) {
        // What stands behind the number of boxes is left over from whoever filled the memory last.
        std::vector<float> places(static_cast<std::size_t>(rows));
        for (std::size_t i = 0; i < places.size(); ++i) places[i] = static_cast<float>(i);
        const std::string valid =
            writer.node("Less", {writer.floats(places, {1, rows}), as_float(writer, number)});
        const std::string kept =
            writer.node("Where", {valid, as_float(writer, scores), writer.scalar(0)});
        return joined(writer,
                      {as_float(writer, boxes), as_column(writer, kept),
                       as_column(writer, as_float(writer, classes))},
                      2);
    };
    return {reading, {}};
}

}  // namespace saccade::model
