// Whether a network treats the images of a batch apart, and what ties it to one batch size.
// Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/graph_view.h"

namespace saccade::model {

/// A node's input to be replaced by a constant of these integers.
struct IntegerEdit {
    int node = 0, input = 0;  ///< indices; an input past the node's last one is appended
    std::vector<std::int64_t> values;
};

/// A node's input to be replaced by a constant of these scales (Resize), its sizes being dropped.
struct ScaleEdit {
    int node = 0;
    std::vector<float> scales;
};

/// A Gather on axis 0 of flattened rows, to be replaced by one that stays within each image.
struct GatherEdit {
    int node = 0;
    std::string rows;  ///< [N, rows, 1], before it was flattened
};

struct BatchPlan {
    std::vector<IntegerEdit> integers;
    std::vector<ScaleEdit> scales;
    std::vector<GatherEdit> gathers;
    std::string obstacle;  ///< why the batch can't be freed, "" where it can
};

/// Follows the batch, dimension 0 of `input`, through the graph. The batch can be freed if it stays
/// dimension 0 of every value that is computed from the input: `batch` is what it is now.
BatchPlan plan_batch(const onnx::GraphProto& graph, const std::string& input, std::int64_t batch);

}  // namespace saccade::model
