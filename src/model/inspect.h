// What a file says of its network beside the graph: the picture's input, class names. Private to
// src/model.
#pragma once

#include <string>
#include <vector>

#include "model/families/reading.h"
#include "model/onnx_model.h"
#include "model/prepared_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::model {

/// Fills what `spec` says of the input, sizes and stride. Errors: unsupported (not one input of
/// pictures, [N, 3, height, width] of f32, f16 or u8; too large a size).
Result<void> read_input(const OnnxModel& model, ModelSpec& spec);

/// Of the metadata: "" where there is no such key.
std::string metadata_of(const OnnxModel& model, const std::string& key);

/// As the file's metadata names the classes, empty where it doesn't.
std::vector<std::string> names_in_file(const OnnxModel& model);

/// The names that the user gave, or the file, or the family, or COCO for its 80 classes, or
/// numbers. Errors: invalid_argument (the user gave another number than there are classes);
/// unsupported (the file did, or how many classes there are can't be told).
Result<std::vector<std::string>> names_of(const OnnxModel& model, const SpecOverrides& overrides,
                                          const Reading& reading);

/// "M: not a detection network we can read: WHY"
tl::unexpected<Error> no_detector(const OnnxModel& model, const std::string& why,
                                  std::string remedy = {});

}  // namespace saccade::model
