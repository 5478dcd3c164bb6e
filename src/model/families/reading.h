// How a network's outputs are read: what every family's matcher sees and says. Private to
// src/model.
//
// A matcher looks at names, shapes and nodes, never at weights. What it is sure of it says with
// `certain`; where two families would both do, head.cpp refuses to choose.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/contents.h"
#include "model/graph_view.h"
#include "model/onnx_access.h"
#include "model/onnx_model.h"
#include "model/onnx_writer.h"
#include "model/spec.h"

namespace saccade::model {

/// What else is known when the head is read.
struct HeadHints {
    std::optional<Family> family;  ///< the user's word
    bool end_to_end = false;       ///< the file's word
    std::string head;              ///< name of its head, as newer exporters write it; "" where none
    std::int64_t classes = 0;      ///< named in the file, 0 where it names none
    std::int64_t given = 0;        ///< named by the user, likewise
    int width = 0, height = 0;     ///< of the input, px
    bool dynamic_size = false;
    std::string input;  ///< name of the picture's input
};

/// The network as matchers see it.
struct HeadContext {
    HeadContext(const OnnxModel& network, const HeadHints& known)
        : model(network),
          hints(known),
          view(OnnxModel::Access::proto(network).graph()),
          types(value_types(OnnxModel::Access::proto(network).graph())) {}

    /// The output by its name, nullptr where there is none.
    [[nodiscard]] const ValueInfo* output(std::string_view name) const;
    /// Columns along a dimension of an output.
    [[nodiscard]] Columns columns(const ValueInfo& value, int axis) const;
    [[nodiscard]] bool has_node(std::string_view op) const;
    /// Cells of the grids with strides 8, 16 and 32.
    [[nodiscard]] std::int64_t cells() const;

    const OnnxModel& model;
    const HeadHints& hints;
    GraphView view;
    ValueTypes types;
};

/// A family's reading of a network.
struct Reading {
    Family family = Family::yolov8;
    bool certain = false;  ///< more than the shape says so
    HeadLayout layout = HeadLayout::channels_first;
    bool on_grids = false, suppressed = false;
    InputSpec input;
    bool imagenet = false;        ///< after its scale, the input is (x - mean) / deviation
    std::int64_t classes = 0;     ///< 0 where the shapes don't tell
    std::int64_t detections = 0;  ///< candidates an image, 0 where the shapes don't tell
    std::vector<std::string>
        class_names;                ///< where the family has a set of its own for this number
    std::set<std::string> outputs;  ///< those that are read, and those known to go with them
    std::string output;             ///< the one that is read as it is, where there is no rewrite
    /// Appends what makes one f32 value of `layout`, and returns its name.
    std::function<std::string(OnnxWriter&)> rewrite;
};

/// A reading, or why there is none ("" where the network looks nothing like it).
struct Match {
    std::optional<Reading> reading;
    std::string why;

    static Match none(std::string why = {}) { return {std::nullopt, std::move(why)}; }
};

using MatchFamily = Match (*)(const HeadContext&);

// One a file of src/model/families.
Match match_yolov8(const HeadContext& context);
Match match_yolov5(const HeadContext& context);  ///< yolov5 and yolox
Match match_rows(const HeadContext& context);    ///< end_to_end, rows and the six columns of DETRs
Match match_nms(const HeadContext& context);
Match match_yolo_nas(const HeadContext& context);
Match match_rtdetr(const HeadContext& context);
Match match_ultralytics_detr(const HeadContext& context);
Match match_hf_detr(const HeadContext& context);
Match match_rf_detr(const HeadContext& context);

// What several of them need.

constexpr std::int64_t unknown_size = -1;

/// Whether a dimension may be `size`.
[[nodiscard]] inline bool may_be(std::int64_t dimension, std::int64_t size) {
    return dimension == unknown_size || dimension == size;
}
/// Whether the type is a float that a head may be in.
[[nodiscard]] bool is_float(DataType type);
[[nodiscard]] bool is_whole(DataType type);
/// Three dimensions of a float type; where no shape is told, three unknown ones.
[[nodiscard]] std::optional<std::vector<std::int64_t>> head_shape(const ValueInfo& output);
/// Classes that are told apart before the best ones are chosen: the divisor of an index over all
/// boxes and classes, or the channels of the scores. 0 where the nodes don't tell.
[[nodiscard]] std::int64_t traced_classes(const HeadContext& context);
/// For outputs that don't show how many classes there are: as many as the file or the user names,
/// or as the nodes tell.
[[nodiscard]] std::int64_t classes_of_ids(const HeadContext& context);
/// COCO's names by the ids of its annotations, 0 to 90, as networks of 91 classes number them.
[[nodiscard]] std::vector<std::string> coco_names_by_id();

/// cx cy w h of 0..1, [N, D, 4], in the input's pixels.
std::string to_pixels(OnnxWriter& writer, const HeadContext& context, const std::string& boxes);
/// cx cy w h to x1 y1 x2 y2, [N, D, 4].
std::string to_corners(OnnxWriter& writer, const std::string& boxes);
/// [N, A, K] to [N, K, A].
std::string turned(OnnxWriter& writer, const std::string& value);
/// As f32.
std::string as_float(OnnxWriter& writer, const std::string& value);
/// [N, D] to [N, D, 1].
std::string as_column(OnnxWriter& writer, const std::string& value);
/// Along dimension `axis`.
std::string joined(OnnxWriter& writer, const std::vector<std::string>& values, std::int64_t axis);

}  // namespace saccade::model
