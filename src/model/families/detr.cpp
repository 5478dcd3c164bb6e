// Detectors out of the DETR family that are used in real time: queries instead of anchors, no
// suppression, pictures stretched to the input's size.
#include <algorithm>

#include "model/families/reading.h"

namespace saccade::model {
namespace {

constexpr std::string_view sizes_input = "orig_target_sizes";

Reading detr(Family family) {
    Reading reading{.family = family, .certain = true};
    reading.suppressed = true;
    reading.input.placement = Placement::stretched;
    return reading;
}

/// Boxes of 0..1 [N, D, 4] and scores [N, D, C], in the layout of YOLOv8.
std::string channels_first(OnnxWriter& writer, const HeadContext& context, const std::string& boxes,
                           const std::string& scores) {
    return turned(writer, joined(writer, {to_pixels(writer, context, boxes), scores}, 2));
}

const ValueInfo* named(const HeadContext& context, std::string_view name, std::size_t dimensions) {
    const ValueInfo* value = context.output(name);
    return value != nullptr && value->has_shape && value->shape.size() == dimensions ? value
                                                                                     : nullptr;
}

}  // namespace

Match match_rtdetr(const HeadContext& context) {
    const auto& inputs = context.model.inputs();
    const ValueInfo *labels = named(context, "labels", 2), *boxes = named(context, "boxes", 3),
                    *scores = named(context, "scores", 2);
    if (labels == nullptr || boxes == nullptr || scores == nullptr) return Match::none();
    const bool sized = std::any_of(inputs.begin(), inputs.end(), [](const ValueInfo& input) {
        return input.name == sizes_input && is_whole(input.type);
    });
    if (!sized) {
        return Match::none(
            "its boxes are for the sizes of pictures, but it has no input "
            "'orig_target_sizes'");
    }
    if (!is_whole(labels->type) || !is_float(scores->type) || !may_be(boxes->shape[2], 4)) {
        return Match::none();
    }
    Reading reading = detr(Family::rtdetr);
    reading.layout = HeadLayout::rows;
    reading.classes = classes_of_ids(context);
    reading.detections = std::max<std::int64_t>(boxes->shape[1], 0);
    reading.outputs = {"labels", "boxes", "scores"};
    reading.rewrite = [&context](OnnxWriter& writer) {
        // The size that boxes are scaled to becomes a constant, the input's own: they come in its
        // pixels then, as all others' do.
        auto& graph = *writer.proto().mutable_graph();
        auto& tensor = *graph.add_initializer();
        tensor.set_name(std::string(sizes_input));
        tensor.set_data_type(onnx::TensorProto::INT64);
        tensor.add_dims(1);
        write_integers(tensor, {context.hints.width, context.hints.height});
        tensor.clear_dims();
        tensor.add_dims(1);
        tensor.add_dims(2);
        for (int i = graph.input_size() - 1; i >= 0; --i) {
            if (graph.input(i).name() != sizes_input) continue;
            if (graph.input(i).type().tensor_type().elem_type() == onnx::TensorProto::INT32) {
                tensor.set_data_type(onnx::TensorProto::INT32);
                tensor.clear_raw_data();
                tensor.clear_int64_data();
                tensor.add_int32_data(context.hints.width);
                tensor.add_int32_data(context.hints.height);
            }
            graph.mutable_input()->DeleteSubrange(i, 1);
        }
        return joined(writer,
                      {as_float(writer, "boxes"), as_column(writer, as_float(writer, "scores")),
                       as_column(writer, as_float(writer, "labels"))},
                      2);
    };
    return {reading, {}};
}

Match match_ultralytics_detr(const HeadContext& context) {
    const auto& outputs = context.model.outputs();
    const bool forced = context.hints.family == Family::ultralytics_detr;
    if (outputs.size() != 1) return Match::none();
    const auto dims = head_shape(outputs.front());
    if (!dims || (*dims)[2] < 5) return Match::none();
    const std::int64_t queries = (*dims)[1], columns = (*dims)[2];
    const auto found = context.columns(outputs.front(), 2);
    const bool says_so = context.hints.head == "RTDETRDecoder";
    const bool of_one = found.content(0, 4, columns) == Content::probability;
    const bool joined_boxes = found.runs.size() >= 2;  // else all columns come from one sigmoid
    if (!forced && !says_so && !(of_one && joined_boxes)) return Match::none();
    if (queries == context.cells() && !forced && !says_so) return Match::none();

    const std::string name = outputs.front().name;
    Reading reading = detr(Family::ultralytics_detr);
    reading.detections = std::max<std::int64_t>(queries, 0);
    reading.outputs = {name};
    const auto pick = [name](OnnxWriter& writer, std::int64_t first, std::int64_t last) {
        std::vector<std::int64_t> which;
        for (std::int64_t i = first; i < last; ++i) which.push_back(i);
        return writer.node("Gather", {name, writer.integers(which)}, {}, {{"axis", 2}});
    };
    // Six columns are two classes, or the best class and its score: ids tell, or the names do.
    const Content last = found.content(columns - 1, columns, columns);
    const bool best_only = columns == 6 && last != Content::probability &&
                           (last == Content::label || context.hints.classes != 2);
    if (columns == 6 && last == Content::unknown && context.hints.classes == 0) {
        return Match::none(
            "six columns are two classes, or a score and a class id: its metadata "
            "names no classes to tell");
    }
    if (best_only) {
        reading.layout = HeadLayout::rows;
        reading.classes = classes_of_ids(context);
        reading.rewrite = [&context, pick](OnnxWriter& writer) {
            const std::string boxes = to_pixels(writer, context, pick(writer, 0, 4));
            return joined(writer, {to_corners(writer, boxes), pick(writer, 4, 6)}, 2);
        };
        return {reading, {}};
    }
    reading.classes = columns - 4;
    reading.rewrite = [&context, pick, columns](OnnxWriter& writer) {
        return channels_first(writer, context, pick(writer, 0, 4), pick(writer, 4, columns));
    };
    return {reading, {}};
}

Match match_hf_detr(const HeadContext& context) {
    const ValueInfo *logits = named(context, "logits", 3), *boxes = named(context, "pred_boxes", 3);
    if (logits == nullptr || boxes == nullptr) return Match::none();
    if (!may_be(boxes->shape[2], 4) || logits->shape[2] <= 0) return Match::none();
    // DETR, Conditional DETR and YOLOS hand the same two out, but with a softmax over the classes
    // and "nothing" to be done. Those with sigmoids choose their queries among the cells.
    const bool forced = context.hints.family == Family::hf_detr;
    if (!context.has_node("TopK") && !forced) {
        return Match::none(
            "logits and pred_boxes without a choice of queries: whether its scores "
            "are sigmoids or a softmax can't be told");
    }
    if (content_of(context.view, context.types, "logits") == Content::probability) {
        return Match::none("its logits come from a sigmoid");
    }
    Reading reading = detr(Family::hf_detr);
    reading.classes = logits->shape[2];
    reading.detections = std::max<std::int64_t>(boxes->shape[1], 0);
    for (const ValueInfo& output : context.model.outputs()) reading.outputs.insert(output.name);
    if (reading.classes == 91) reading.class_names = coco_names_by_id();
    reading.rewrite = [&context](OnnxWriter& writer) {
        return channels_first(writer, context, "pred_boxes", writer.node("Sigmoid", {"logits"}));
    };
    return {reading, {}};
}

Match match_rf_detr(const HeadContext& context) {
    const ValueInfo *dets = named(context, "dets", 3), *labels = named(context, "labels", 3);
    if (dets == nullptr || labels == nullptr) return Match::none();
    if (!may_be(dets->shape[2], 4) || labels->shape[2] < 2 || !is_float(labels->type)) {
        return Match::none();
    }
    // The last of its logits stands for "nothing"; COCO's 91 are the ids of its annotations,
    // all 90.
    const std::int64_t columns = labels->shape[2];
    const bool coco = columns == 91;
    Reading reading = detr(Family::rf_detr);
    reading.imagenet = true;
    reading.classes = coco ? columns : columns - 1;
    if (coco) reading.class_names = coco_names_by_id();
    reading.detections = std::max<std::int64_t>(dets->shape[1], 0);
    reading.outputs = {"dets", "labels"};
    reading.rewrite = [&context, classes = reading.classes](OnnxWriter& writer) {
        std::vector<std::int64_t> which;
        for (std::int64_t i = 0; i < classes; ++i) which.push_back(i);
        const std::string logits =
            writer.node("Gather", {"labels", writer.integers(which)}, {}, {{"axis", 2}});
        return channels_first(writer, context, "dets", writer.node("Sigmoid", {logits}));
    };
    return {reading, {}};
}

}  // namespace saccade::model
