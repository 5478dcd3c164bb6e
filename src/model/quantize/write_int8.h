// Writes a network in INT8, and takes it back: quantisers stand in the graph (QuantizeLinear and
// DequantizeLinear of ONNX), so every runtime computes the same.
//
// Quantisers stand in front of convolutions, one a tensor, behind the activation function: one
// between a convolution and its Sigmoid or Mul would keep runtimes from fusing them, which costs
// more than INT8 wins (design of issue 15). Weights have a scale a channel, activations one a
// tensor.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/onnx_model.h"
#include "model/quantize/int8_plan.h"
#include "saccade/error.h"

namespace saccade::model {

enum class Int8Shape : std::uint8_t {
    openvino,  ///< uint8 with a zero point on inputs of convolutions. Never int8: in front of
               ///< Concat OpenVINO computes that wrongly
    tensorrt,  ///< int8 with zero point 0; residuals, Concat and MaxPool in INT8 too, equal scales
};

struct Int8Writing {
    Int8Shape shape = Int8Shape::openvino;
    /// 8, or 7 for CPUs that add products of pairs in 16 bits, which overflow with more.
    int weight_bits = 8;
    /// The same arithmetic in FP32 instead (Div, Round, Clip, Mul): for devices that are not here.
    bool simulated = false;
};

/// A layer as people and plans name it.
struct Int8Candidate {
    std::string output;  ///< the convolution's own
    std::string input;
    std::int64_t weights = 0;  ///< how many
};

/// The layers that may run in INT8, in graph order. Errors: unsupported (subgraphs, functions or
/// operators of other domains, no such layer, an operator set that can't be brought to 13).
Result<std::vector<Int8Candidate>> int8_candidates(const OnnxModel& model);

/// All tensors whose ranges a plan for either shape needs; sorted. Errors: as int8_candidates.
Result<std::vector<std::string>> int8_tensors(const OnnxModel& model);

/// The FP32 network (or one of ours in INT8, which is taken back first) written by the plan, which
/// goes into its metadata. Errors: as int8_candidates; invalid_argument (a plan of another
/// network).
Result<OnnxModel> write_int8(const OnnxModel& model, const Int8Plan& plan,
                             const Int8Writing& writing);

/// The network with the plan in its metadata, for backends that write it themselves.
/// Errors: those of OnnxModel::parse.
Result<OnnxModel> with_plan(const OnnxModel& model, const Int8Plan& plan);

/// A network of write_int8's in FP32 again, its metadata as they are; weights are what the 8 bits
/// say. Another network comes back as it is. Errors: corrupt.
Result<OnnxModel> without_int8(const OnnxModel& model);

/// With these values as further outputs. Errors: invalid_argument (no such value).
Result<OnnxModel> with_outputs(const OnnxModel& model, const std::vector<std::string>& values);

}  // namespace saccade::model
