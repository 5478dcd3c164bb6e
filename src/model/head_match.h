// Finds the raw logits behind a decoded YOLOv8-like head. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "model/spec.h"

namespace saccade::model {

/// The values that a decoded head is computed from.
struct HeadMatch {
    std::string decoded;       ///< [N, 4+C, A]: the output, or what a Cast makes the output of
    std::string distribution;  ///< [N, 4*reg_max, A], logits
    std::string classes;       ///< [N, C, A], logits
    std::string both;          ///< the value [N, 4*reg_max+C, A] they are cut from, "" if from none
    std::int64_t reg_max = 0;
};

/// Nothing where the graph's one output is not such a head (raw_head.h says what is compared).
std::optional<HeadMatch> match_head(const onnx::GraphProto& graph, const ModelSpec& spec,
                                    std::int64_t opset);

}  // namespace saccade::model
