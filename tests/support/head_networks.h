// Small networks with random weights, laid out as exporters lay out theirs. They run: 64x64 pixels
// in, 84 cells of strides 8, 16 and 32 (three anchors each for YOLOv5), 3 classes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/onnx_model.h"

namespace saccade::test {

inline constexpr int network_side = 64, network_cells = 84, network_classes = 3,
                     network_queries = 20;

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// Layouts that are read: "yolov8", "yolov8-turned", "yolov5", "yolov5-levels", "yolox",
/// "yolox-decoded", "e2e", "e2e-open", "rows", "nms", "yolo-nas", "yolo-nas-swapped", "rt-detr",
/// "ultralytics-detr", "ultralytics-detr-rows", "hf-detr", "rf-detr".
const std::vector<std::string>& read_layouts();

/// Layouts for other tasks, or that can't be told: "segment", "pose", "obb", "detr" (softmax),
/// "logits" (YOLOv8 without its sigmoid), "normalised" (YOLOv8 with boxes of 0..1), "corners"
/// (YOLOv8 with two corners).
const std::vector<std::string>& refused_layouts();

/// One of the above, or "yolov8-deep", which has layers before its last ones. `classes` other than
/// 3 for networks of one class, say.
model::OnnxModel head_network(const std::string& layout, const Metadata& metadata = {},
                              int classes = network_classes);

}  // namespace saccade::test
