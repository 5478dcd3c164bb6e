// What the rest of the engine must know of a detection network, found from its ONNX file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace saccade::model {

/// How a network's output is to be read.
enum class Family : std::uint8_t {
    yolov5,      ///< [N, A, 5+C]: cx cy w h objectness classes, input px, sigmoids applied
    yolov8,      ///< [N, 4+C, A]: cx cy w h classes, input px (YOLOv8, v9, 11, 12)
    end_to_end,  ///< [N, D, 6]: x1 y1 x2 y2 score class, input px, NMS done or not needed (v10, 26)
    yolox,       ///< [N, A, 5+C]: as yolov5, but offsets on grids of stride 8, 16, 32, not decoded
};

/// "yolov5", "yolov8", "e2e", "yolox".
std::string_view to_string(Family family) noexcept;
std::optional<Family> family_from(std::string_view name) noexcept;

/// How a picture must be laid into the network's input.
struct InputSpec {
    bool bgr = false;          ///< channel order; else RGB
    float scale = 1.0F / 255;  ///< applied to 8-bit values
    bool centered = true;      ///< letterbox centred; else at the top left (YOLOX)
    float pad = 114;           ///< 8-bit value around the picture
};

struct ModelSpec {
    Family family = Family::yolov8;
    InputSpec input;
    std::vector<std::string> class_names;  ///< by class id; "class 7" where the file names none
    std::string input_name, output_name;
    int width = 640, height = 640;  ///< the file's own input size (default where dynamic), px
    int batch = 1;                  ///< the file's own batch; 0 where dynamic
    bool dynamic_size = false;      ///< any multiple of `stride` runs
    int stride = 32;
    int detections = 0;  ///< A or D of the output at the file's own size, 0 where unknown
    /// Over 0 where a yolov8 head was cut (raw_head.h): the output is [N, 4*reg_max+C, A], logits of
    /// the distances left, top, right, bottom (reg_max bins each), then of the classes; the anchors
    /// are the cells of strides 8, 16, 32, row by row.
    int reg_max = 0;
};

}  // namespace saccade::model
