// Networks on NVIDIA GPUs through TensorRT or TensorRT-RTX, whichever is here and fits the GPU.
// A build without CUDA has the same calls (absent.cpp): they say what to install.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "infer/backend.h"
#include "infer/registry.h"
#include "model/onnx_model.h"
#include "model/spec.h"
#include "saccade/error.h"

namespace saccade::infer {

/// As make_backend (registry.h). options.device is "cuda" or "cuda:N".
Result<std::unique_ptr<Backend>> load_tensorrt(const model::OnnxModel& model,
                                               const model::ModelSpec& spec,
                                               const BackendOptions& options);

BackendDescription describe_tensorrt();

struct EngineBuild {
    Precision precision = Precision::fp16;
    int max_batch = 32;
    int height = 640, width = 640;  ///< px; ignored where the network's size is fixed
    int capability = 0;             ///< 86: for 8.6, without that GPU; 0: for the GPU of `device`
    int level = default_builder_level;  ///< as BackendOptions::builder_level
    std::string device = "cuda";
    std::string cache_dir;
    std::function<void(const std::string& phase, int step, int steps)> progress;  ///< may be empty
    std::stop_token stop;
};

struct BuiltEngine {
    std::string backend;         ///< "tensorrt-rtx 1.7.1"
    std::filesystem::path path;  ///< of the sealed plan in the cache
    std::size_t bytes = 0;       ///< of the plan
    int max_batch = 1;           ///< in effect: a network of fixed batch keeps it
    bool was_there = false;      ///< found in the cache
    double seconds = 0;
};

/// Makes sure that the cache holds the engine that load_tensorrt would want.
/// Errors: as load_tensorrt; interrupted.
Result<BuiltEngine> build_tensorrt_engine(const model::Network& network, const EngineBuild& build);

}  // namespace saccade::infer
