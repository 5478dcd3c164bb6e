// From a model and options to a plan, out of the cache where it is there.
#pragma once

#include <string>
#include <vector>

#include "infer/tensorrt/api.h"
#include "infer/tensorrt/engine_cache.h"
#include "infer/tensorrt/tensorrt_backend.h"
#include "model/onnx_model.h"
#include "model/spec.h"

namespace saccade::infer::tensorrt {

/// The network as the builder gets it.
struct TypedNetwork {
    std::string onnx;
    int max_batch = 1;
    bool fixed_batch = false;  ///< no other than max_batch
};

/// Writes precision and, as far as the graph allows, a dynamic batch into the graph. With fp16 the
/// input is half as well.
/// INT8 is written by the plan that the network brings (model/quantize/int8_plan.h), the rest in
/// FP16. Errors: unsupported (bf16; int8 without a plan; what to_fp16 refuses), invalid_argument
/// (batch, size).
Result<TypedNetwork> typed_network(const model::OnnxModel& model, const model::ModelSpec& spec,
                                   const EngineBuild& build);

/// One for small batches, whose kernels are chosen for a single image, and one for full ones: up to
/// 32 images or, where more are asked for, the next power of two. So one engine, which takes
/// minutes to build, serves all batches that a user or the memory governor may come to.
std::vector<BatchRange> profiles_for(int max_batch);

/// For whom a plan is built.
struct Target {
    std::string device;  ///< name of the GPU
    int capability = 0;
    bool cross = false;  ///< the GPU is not here
};

/// TensorRT-RTX's plans are for all GPUs of a compute capability, TensorRT's for one kind of GPU.
EngineKey key_for(const Version& version, const TypedNetwork& network, const EngineBuild& build,
                  const Target& target);

struct Prepared {
    std::string plan;
    BuiltEngine report;
};

/// Errors: those of typed_network, EngineCache::plan_for and Library::build. Without a cache folder
/// (cache_dir "", or none that usable_cache() takes) it is built each time.
Result<Prepared> prepare_engine(Library& library, const model::OnnxModel& model,
                                const model::ModelSpec& spec, const EngineBuild& build,
                                const Target& target);

}  // namespace saccade::infer::tensorrt
