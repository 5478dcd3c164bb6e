// What a calibration found out: all that is needed to write a network in INT8, in either shape.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "model/onnx_model.h"
#include "saccade/error.h"

namespace saccade::model {

/// Between which values a tensor is resolved; what lies beyond is cut.
struct Int8Range {
    float low = 0, high = 0;  ///< of 256 levels; low <= 0 <= high, one of them is not 0
    float reach = 0;          ///< of levels -127..127, to both sides of 0; over 0
    friend bool operator==(const Int8Range&, const Int8Range&) = default;
};

struct Int8Plan {
    /// By name of the tensor. A convolution whose input is not here stays as it is.
    std::map<std::string, Int8Range> ranges;
    /// Convolutions, by the name of their output, that lose too much and stay as they are.
    std::set<std::string> kept;
    std::string method;  ///< how the ranges were chosen: "mse" ...
    std::string source;  ///< SHA-256 of the FP32 file
    friend bool operator==(const Int8Plan&, const Int8Plan&) = default;
};

/// Key of the metadata that hold the plan in a file of ours.
inline constexpr const char* int8_key = "saccade.int8";

[[nodiscard]] std::string to_json(const Int8Plan& plan);

/// The plan in a model's metadata; nothing where it has none.
/// Errors: corrupt (not our JSON, ranges that are none).
Result<std::optional<Int8Plan>> int8_plan(const OnnxModel& model);

}  // namespace saccade::model
