// Networks on NVIDIA GPUs through TensorRT or TensorRT-RTX, whichever is here and fits the GPU.
// A build without CUDA has the same calls (absent.cpp): they say what to install.
#pragma once

#include <memory>

#include "infer/backend.h"
#include "infer/engine_build.h"
#include "infer/registry.h"
#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::infer {

/// As make_backend (registry.h), on the GPU of options.device.
Result<std::unique_ptr<Backend>> load_tensorrt(const model::OnnxModel& model,
                                               const model::ModelSpec& spec,
                                               const BackendOptions& options);

BackendDescription describe_tensorrt();

/// As build_engine (registry.h).
Result<BuiltEngine> build_tensorrt_engine(const model::Network& network, const EngineBuild& build);

}  // namespace saccade::infer
