// Which family's head a network ends in, told from the output's shape and the nodes before it.
// Private to src/model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/onnx_model.h"
#include "model/spec.h"

namespace saccade::model {

/// What else is known when the head is read.
struct HeadHints {
    std::optional<Family> family;  ///< the user's word
    bool end_to_end = false;       ///< the file's word
    std::int64_t classes = 0;      ///< named in the file, 0 where it names none
    int width = 0, height = 0;     ///< of the input, px
};

struct Head {
    Family family = Family::yolov8;
    std::string output;           ///< name of the graph output that holds the detections
    std::int64_t classes = 0;     ///< 0 where the shapes don't tell
    std::int64_t detections = 0;  ///< candidates an image, 0 where the shapes don't tell
    bool yolox_input = false;     ///< BGR, 0..255, letterbox at the top left
};

/// Nothing where no output can be a detection head (of the family in the hints, if there is one).
std::optional<Head> read_head(const OnnxModel& model, const HeadHints& hints);

}  // namespace saccade::model
