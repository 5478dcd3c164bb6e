// Writes half precision into a graph, so that strongly typed builders (TensorRT 10 and on, RTX) and
// others run the same network.
#pragma once

#include "model/onnx_model.h"
#include "saccade/error.h"

namespace saccade::model {

struct HalfOptions {
    /// The network's input is half too: the caller fills it so. Else it stays FP32, with a cast.
    bool half_input = false;
    /// So many layers before each output, and what is between them, stay in FP32 too: mixed
    /// precision.
    int single_layers = 0;
};

/// FP32 weights and arithmetic become FP16; outputs stay FP32. Kept in FP32, with casts at the
/// borders:
/// - what stands between the outputs and the last convolution, matrix product, sigmoid or softmax
///   before them: box coordinates of hundreds of pixels, where a half's step is 0.5 px;
/// - operators that lose or overflow (Exp, Log, Pow, normalisations, sums of squares, Range), and
/// those
///   that ONNX defines for FP32 only;
/// - nodes with a constant outside of a half's range.
/// A graph without FP32 comes back as it is.
/// Errors: unsupported (subgraphs, functions or operators of other domains; over 2 GiB).
Result<OnnxModel> to_fp16(const OnnxModel& model, const HalfOptions& options = {});

}  // namespace saccade::model
