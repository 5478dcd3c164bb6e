// YOLOv8 and its heirs: [N, 4+C, A], cx cy w h in px, then a probability a class. Some exporters
// turn it into [N, A, 4+C].
#include <fmt/format.h>

#include "model/families/reading.h"

namespace saccade::model {
namespace {

struct Shape {
    std::int64_t columns = unknown_size;  ///< 4 + C
    std::int64_t anchors = unknown_size;
    int axis = 1;  ///< of the columns
};

/// Columns of a head whose shape is symbolic: its last Concat joins 4 of boxes and the classes.
std::int64_t traced_columns(const HeadContext& context, const std::string& output) {
    const auto* node = context.view.producer(context.view.behind(output, {"Cast", "Identity"}));
    if (node == nullptr || node->op_type() != "Concat" || node->input_size() != 2) {
        return unknown_size;
    }
    const std::int64_t boxes = trace_channels(context.view, node->input(0));
    const std::int64_t classes = trace_channels(context.view, node->input(1));
    if (classes <= 0 || (boxes != 0 && boxes != 4)) return unknown_size;
    return classes + 4;
}

/// What speaks for this reading, or against it.
Match judge(const HeadContext& context, const ValueInfo& output, const Shape& shape) {
    const HeadHints& hints = context.hints;
    const bool forced = hints.family == Family::yolov8;
    const auto columns = context.columns(output, shape.axis);
    const std::int64_t total = shape.columns == unknown_size ? 0 : shape.columns;
    if (!forced) {
        for (const Content content : {Content::other, Content::label}) {
            const Run* odd = columns.find(content, 4, total);
            if (odd == nullptr) continue;
            return Match::none(
                fmt::format("columns behind the boxes are no probabilities, but come "
                            "from {} (masks, key points and angles look so)",
                            odd->node));
        }
        if (columns.content(0, 4, total) == Content::probability) {
            return Match::none("its boxes come from a sigmoid: they are not in pixels");
        }
    }
    const std::int64_t classes = total > 0 ? total - 4 : hints.classes;
    if (classes <= 0) return Match::none();
    const bool scores = columns.content(4, total > 0 ? total : 5, total) == Content::probability;
    const bool named = total > 0 && hints.classes > 0 && hints.classes == classes;
    const bool on_cells = shape.anchors == context.cells();
    const bool turned_round = shape.axis == 2;
    // Turned round, it has the shape of a YOLOv5 or YOLOX head of one class less.
    const bool objectness = columns.runs.size() >= 3 && columns.runs[1].width == 1;
    if (!forced && turned_round && (!named && (!scores || objectness || !on_cells))) {
        return Match::none();
    }
    if (!forced && !named && !scores && !on_cells) return Match::none();

    Reading reading{.family = Family::yolov8, .certain = named || (scores && on_cells)};
    reading.classes = classes;
    reading.detections = std::max<std::int64_t>(shape.anchors, 0);
    reading.outputs = {output.name};
    if (turned_round) {
        reading.rewrite = [name = output.name](OnnxWriter& writer) { return turned(writer, name); };
    } else {
        reading.output = output.name;
    }
    return {reading, {}};
}

}  // namespace

Match match_yolov8(const HeadContext& context) {
    Match best;
    for (const ValueInfo& output : context.model.outputs()) {
        const auto dims = head_shape(output);
        if (!dims) continue;
        Shape plain{(*dims)[1], (*dims)[2], 1}, turned{(*dims)[2], (*dims)[1], 2};
        if (plain.columns == unknown_size) {
            plain.columns = traced_columns(context, output.name);
        }
        for (const Shape& shape : {plain, turned}) {
            const bool few = shape.columns != unknown_size && shape.columns < 5;
            const bool wide = shape.columns != unknown_size && shape.anchors != unknown_size &&
                              shape.columns >= shape.anchors;
            const bool unclear = shape.axis == 2 && shape.columns == unknown_size;
            if (few || wide || unclear) continue;
            Match match = judge(context, output, shape);
            if (match.reading) return match;
            if (best.why.empty()) best.why = std::move(match.why);
        }
    }
    return best;
}

}  // namespace saccade::model
