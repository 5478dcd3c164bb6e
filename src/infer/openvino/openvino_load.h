// From ONNX to a network compiled for the CPU. Private to this folder: shows OpenVINO's headers.
#pragma once

#include <openvino/openvino.hpp>

#include "infer/backend.h"
#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::infer {

struct LoadedNetwork {
    ov::Core core;
    ov::CompiledModel compiled;  ///< takes one image, [1, 3, H, W]
    BackendInfo info;
};

/// Errors as for make_backend().
Result<LoadedNetwork> load_network(const model::OnnxModel& model, const model::ModelSpec& spec,
                                   const BackendOptions& options);

}  // namespace saccade::infer
