// Takes the last steps of a YOLOv8-like head off a network, so that they can be done for the few
// anchors that matter instead of for all.
#pragma once

#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::model {

/// Recognises the detect head of YOLOv8, v9, 11 and 12 by its graph: boxes as the expectation of a
/// softmax over `reg_max` bins a side (Li et al., Generalized Focal Loss, 2020), laid around anchor
/// points and multiplied by strides 8, 16, 32; class scores as sigmoids. On a match (true) the
/// output, under the same name, becomes the logits that all this is computed from, [N, 4*R+C, A],
/// nodes of no more use are gone and `spec.reg_max` is R. Where anything differs (false) both stay
/// as they were. Constants are compared one by one. Of values that the graph computes as it runs,
/// the way they are computed is compared; that a feature map of stride s has 1/s of the input's
/// size, and that target shapes name the right batch and number of anchors, is trusted.
/// Errors: those of OnnxModel::parse (a changed graph that contradicts itself, which is our error).
Result<bool> cut_to_raw_head(OnnxModel& model, ModelSpec& spec);

}  // namespace saccade::model
