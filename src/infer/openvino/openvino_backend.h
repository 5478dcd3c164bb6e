// Runs networks on the CPU through OpenVINO. No OpenVINO header shows through.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "infer/backend.h"
#include "infer/registry.h"
#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::infer {

/// Version and CPU, as `doctor` shows them.
BackendDescription describe_openvino();

/// Loads the model onto the CPU; its height and width are fixed to the options'.
///
/// A slot's images run as requests of one image each: on a CPU they are faster so than as one large
/// batch (figures.md), a part of a batch costs what it holds, and an image's results can't depend
/// on its neighbours. Results of FP32 are computed in FP32, whatever else the CPU offers.
/// Compiled networks are kept in options.cache_dir, sealed (openvino_cache.h).
/// Errors as for make_backend().
Result<std::unique_ptr<Backend>> load_openvino(const model::OnnxModel& model,
                                               const model::ModelSpec& spec,
                                               const BackendOptions& options);

}  // namespace saccade::infer
