// YOLOv5 and v7, [N, A, 5+C]: cx cy w h in px, objectness, a probability a class; three anchors a
// cell. YOLOX is laid out alike with one anchor a cell, its offsets left on the grids or decoded.
#include <fmt/format.h>

#include <algorithm>

#include "model/families/reading.h"

namespace saccade::model {
namespace {

/// Whether the convolutions' results reach the output without arithmetic: grids left to the reader.
bool undecoded(const GraphView& graph, const std::string& output) {
    const auto among = [](std::string_view op, std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), op) != names.end();
    };
    std::vector<std::string_view> open{output};
    std::set<std::string_view> seen;
    bool reached = false;
    while (!open.empty()) {
        const std::string_view value = open.back();
        open.pop_back();
        const auto* node = graph.producer(value);
        if (node == nullptr || !seen.insert(value).second) continue;
        const std::string& op = node->op_type();
        if (op == "Conv") {
            reached = true;
        } else if (among(op, {"Transpose", "Reshape", "Flatten", "Identity", "Squeeze", "Cast"})) {
            if (node->input_size() > 0) open.emplace_back(node->input(0));
        } else if (among(op, {"Concat", "Sigmoid"})) {
            open.insert(open.end(), node->input().begin(), node->input().end());
        } else {
            return false;
        }
    }
    return reached;
}

/// A raw map of one level, [N, anchors, H, W, 5+C] or [N, C, H, W], which older exporters hand out
/// beside the head.
bool is_level(const HeadContext& context, const ValueInfo& value, std::int64_t columns) {
    if (!value.has_shape) return false;
    const auto& shape = value.shape;
    if (shape.size() == 5) return may_be(shape[4], columns);
    if (shape.size() != 4) return false;
    return std::any_of(std::begin({8, 16, 32}), std::end({8, 16, 32}), [&](int stride) {
        return may_be(shape[2], context.hints.height / stride) &&
               may_be(shape[3], context.hints.width / stride);
    });
}

}  // namespace

Match match_yolov5(const HeadContext& context) {
    const HeadHints& hints = context.hints;
    const bool forced = hints.family == Family::yolov5 || hints.family == Family::yolox;
    Match best;
    for (const ValueInfo& output : context.model.outputs()) {
        const auto dims = head_shape(output);
        if (!dims) continue;
        const std::int64_t anchors = (*dims)[1];
        const std::int64_t total = std::max<std::int64_t>((*dims)[2], 0);
        if ((total > 0 && total < 6) || total >= 4096 || (total > 0 && may_be(total, anchors))) {
            continue;
        }
        if (anchors != unknown_size && anchors <= total) continue;
        const std::int64_t classes = total > 0 ? total - 5 : hints.classes;
        if (classes <= 0) continue;

        const bool raw = undecoded(context.view, output.name);
        const auto columns = context.columns(output, 2);
        if (!forced) {
            for (const Content content : {Content::other, Content::label}) {
                const Run* odd = columns.find(content, 4, total);
                if (odd == nullptr) continue;
                best.why = fmt::format(
                    "columns behind the boxes are no probabilities, but come from {}", odd->node);
            }
            if (!best.why.empty()) continue;
        }
        const std::int64_t cells = context.cells();
        const bool by_exp = context.has_node("Exp");
        const bool three = anchors == 3 * cells, one = may_be(anchors, cells);
        const bool named = total > 0 && hints.classes > 0 && hints.classes == classes;
        const bool names_of_v8 = hints.classes > 0 && hints.classes == total - 4;
        if (!forced && (names_of_v8 || !(named || three || (one && (raw || by_exp))))) continue;

        Reading reading{.family = raw ? Family::yolox : Family::yolov5};
        if (forced) reading.family = *hints.family;
        reading.certain = named || three || raw || by_exp;
        reading.layout = HeadLayout::anchors_first;
        reading.on_grids = reading.family == Family::yolox;
        // YOLOX decodes sizes by exp(); others that are laid out alike don't.
        if (reading.on_grids || (!forced && !three && by_exp)) {
            reading.input = {true, 1.0F, Placement::top_left, 114};
        }
        reading.classes = classes;
        reading.detections = std::max<std::int64_t>(anchors, 0);
        reading.output = output.name;
        reading.outputs = {output.name};
        for (const ValueInfo& beside : context.model.outputs()) {
            if (is_level(context, beside, total)) reading.outputs.insert(beside.name);
        }
        return {reading, {}};
    }
    return best;
}

}  // namespace saccade::model
