// Heads of six columns a box, [N, D, 6]: box, score and class id. Boxes are corners in px, behind
// suppression (YOLOv10, YOLO26, NMS inside) or before it (DeepStream's exporters); newer RT-DETRs
// of Ultralytics have centres and sizes of 0..1 there.
#include <fmt/format.h>

#include <algorithm>

#include "model/families/reading.h"

namespace saccade::model {
namespace {

/// More rows than that no suppressed head has; fewer candidates no dense head has.
constexpr std::int64_t most_suppressed = 3000;
/// Rows that a head of open length is cut to or filled up to: as many as the largest known.
constexpr std::int64_t rows_of_open_length = 1000;

/// [N, n, 6] to [N, rows_of_open_length, 6]: empty rows behind, then the first ones.
std::string with_fixed_length(OnnxWriter& writer, const std::string& rows) {
    const std::string padding = writer.integers({0, 0, 0, 0, rows_of_open_length, 0});
    const std::string longer = writer.node("Pad", {rows, padding});
    std::vector<std::int64_t> first(static_cast<std::size_t>(rows_of_open_length));
    for (std::size_t i = 0; i < first.size(); ++i) first[i] = static_cast<std::int64_t>(i);
    return writer.node("Gather", {longer, writer.integers(first)}, {}, {{"axis", 1}});
}

bool chooses(const HeadContext& context) {
    return context.has_node("TopK") || context.has_node("NonMaxSuppression");
}

}  // namespace

Match match_rows(const HeadContext& context) {
    const HeadHints& hints = context.hints;
    const bool asked_suppressed = hints.family == Family::end_to_end,
               asked_dense = hints.family == Family::rows;
    const bool forced = asked_suppressed || asked_dense;
    Match best;
    for (const ValueInfo& output : context.model.outputs()) {
        const auto dims = head_shape(output);
        if (!dims || !may_be((*dims)[2], 6)) continue;
        if ((*dims)[2] != 6 && !forced && !hints.end_to_end) continue;
        const std::int64_t count = (*dims)[1];
        const auto columns = context.columns(output, 2);
        const Content score = columns.content(4, 5, 6), label = columns.content(5, 6, 6);
        const std::int64_t cells = context.cells();
        const bool dense_shape = count == cells || count == 3 * cells || count > most_suppressed;
        if (!forced) {
            if (label == Content::probability || label == Content::other) {
                if (label == Content::other) best.why = "its sixth column is no class id";
                continue;
            }
            if (columns.content(0, 4, 6) == Content::probability) {
                best.why = "its boxes come from a sigmoid: they are not in pixels";
                continue;
            }
            if (score == Content::other || score == Content::label) {
                best.why = "its fifth column is no score";
                continue;
            }
            // A dense head of this shape may as well be YOLOv5 with one class: the ids have to
            // show.
            if (dense_shape && label != Content::label) continue;
            if (count == unknown_size && label != Content::label && !hints.end_to_end) continue;
        }
        const bool suppressed = asked_suppressed || (!asked_dense && !dense_shape);
        Reading reading{.family = suppressed ? Family::end_to_end : Family::rows};
        reading.certain = label == Content::label || hints.end_to_end;
        reading.layout = HeadLayout::rows;
        reading.suppressed = suppressed;
        reading.classes = classes_of_ids(context);
        reading.detections = std::max<std::int64_t>(count, 0);
        reading.outputs = {output.name};
        if (count == unknown_size && suppressed && !hints.dynamic_size && chooses(context)) {
            // As many rows as there are objects: backends want to know how many.
            if (context.model.opset() < 11) {
                return Match::none("it has an open number of rows in an old operator set");
            }
            reading.detections = rows_of_open_length;
            reading.rewrite = [name = output.name](OnnxWriter& writer) {
                return with_fixed_length(writer, name);
            };
        } else {
            reading.output = output.name;
        }
        return {reading, {}};
    }
    return best;
}

}  // namespace saccade::model
