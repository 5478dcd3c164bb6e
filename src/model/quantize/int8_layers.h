// Which parts of a network run in INT8, found by its structure. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/quantize/int8_plan.h"
#include "model/quantize/write_int8.h"

namespace saccade::model {

/// A convolution that may run in INT8; names of its values.
struct Int8Layer {
    int node = 0;  ///< index in the graph
    std::string input, weights, output;
};

/// In graph order: convolutions of FP32 with constant weights, but for
/// - the last ones before each output, which make boxes and scores;
/// - fixed sums of a few weights (the integral over a distribution of distances) behind them.
/// Matrix products, softmaxes and all arithmetic stay as they are.
std::vector<Int8Layer> int8_layers(const onnx::GraphProto& graph);

/// Where quantisers stand.
struct Int8Placement {
    std::set<std::string> tensors;              ///< those that are quantised, one Q each
    std::set<std::pair<int, int>> edges;        ///< (node, input) that read them so
    std::map<std::string, std::string> shared;  ///< tensor: the one that stands for its scale class
};

/// For the given layers. Int8Shape::openvino: on their inputs, and nowhere else.
/// Int8Shape::tensorrt: further on what is added to a layer's output (the residual's other input),
/// and on the inputs of Concat, MaxPool, Split and nearest Resize whose outputs are quantised, with
/// a common scale.
Int8Placement int8_placement(const onnx::GraphProto& graph, const std::vector<Int8Layer>& layers,
                             Int8Shape shape);

}  // namespace saccade::model
