// What the rest of the engine must know of a detection network, found from its ONNX file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/placement.h"

namespace saccade::model {

/// What an exporter's outputs are, each told apart by a matcher of src/model/families. C classes,
/// A anchors, D boxes; docs/models.md has the exporters.
enum class Family : std::uint8_t {
    yolov5,      ///< [N, A, 5+C]: cx cy w h objectness classes, px (YOLOv5, v7)
    yolov8,      ///< [N, 4+C, A] or [N, A, 4+C]: cx cy w h classes, px (YOLOv8, v9, 11, 12)
    end_to_end,  ///< [N, D, 6]: x1 y1 x2 y2 score class, px, suppressed (v10, 26, NMS inside)
    yolox,       ///< [N, A, 5+C]: as yolov5, but offsets on grids of stride 8, 16, 32, not decoded
    rows,        ///< [N, A, 6]: x1 y1 x2 y2 score class, px, before suppression (DeepStream)
    nms,         ///< number [N, 1], boxes [N, D, 4] x1 y1 x2 y2, scores [N, D], classes [N, D]
    yolo_nas,    ///< boxes [N, A, 4] x1 y1 x2 y2, px, and scores [N, A, C]
    rtdetr,      ///< labels, boxes, scores for `orig_target_sizes` (RT-DETR, D-FINE, DEIM)
    ultralytics_detr,  ///< [N, D, 4+C] or [N, D, 6]: cx cy w h of 0..1, then classes or score class
    hf_detr,  ///< logits [N, D, C] and pred_boxes [N, D, 4], cx cy w h of 0..1 (Hugging Face)
    rf_detr,  ///< dets [N, D, 4], cx cy w h of 0..1, and labels [N, D, C], logits
};

/// "yolov5", "yolov8", "e2e", "yolox", "rows", "nms", "yolo-nas", "rt-detr", "ultralytics-detr",
/// "hf-detr", "rf-detr".
std::string_view to_string(Family family) noexcept;
std::optional<Family> family_from(std::string_view name) noexcept;
std::span<const Family> families() noexcept;
/// The names of all, "yolov5|yolov8|...", for messages.
std::string family_names();

/// How the one output that a prepared network has (prepared_model.h) is laid out: all families are
/// brought to one of these three.
enum class HeadLayout : std::uint8_t {
    channels_first,  ///< [N, 4+C, A]: cx cy w h classes, input px
    anchors_first,   ///< [N, A, 5+C]: cx cy w h objectness classes, input px or offsets on grids
    rows,            ///< [N, D, 6]: x1 y1 x2 y2 score class, input px
};

/// How a picture must be laid into the network's input.
struct InputSpec {
    bool bgr = false;          ///< channel order; else RGB
    float scale = 1.0F / 255;  ///< applied to 8-bit values
    Placement placement = Placement::centered;
    float pad = 114;  ///< 8-bit value around the picture
    friend bool operator==(const InputSpec&, const InputSpec&) = default;
};

struct ModelSpec {
    Family family = Family::yolov8;
    bool forced = false;  ///< the family is the user's word, not what the file was recognised as
    HeadLayout layout = HeadLayout::channels_first;
    bool on_grids = false;    ///< anchors_first: offsets and logarithms on grids, not decoded
    bool suppressed = false;  ///< one box an object already: no NMS is to be done
    InputSpec input;
    std::vector<std::string> class_names;  ///< by class id; "class 7" where the file names none
    std::string input_name, output_name;
    int width = 640, height = 640;  ///< the file's own input size (default where dynamic), px
    int batch = 1;                  ///< the file's own batch; 0 where dynamic
    bool dynamic_size = false;      ///< any multiple of `stride` runs
    int stride = 32;
    int detections = 0;  ///< A or D of the output at the file's own size, 0 where unknown
    /// Over 0 where a yolov8 head was cut (raw_head.h): the output is [N, 4*reg_max+C, A], logits
    /// of the distances left, top, right, bottom (reg_max bins each), then of the classes; the
    /// anchors are the cells of strides 8, 16, 32, row by row.
    int reg_max = 0;
};

}  // namespace saccade::model
