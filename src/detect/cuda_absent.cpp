// A build without CUDA.
#include "detect/cuda_detector.h"
#include "detect/device_embedder.h"

namespace saccade::detect {

Result<std::unique_ptr<Detector>> make_cuda_detector(std::unique_ptr<infer::Backend> /*backend*/,
                                                     const model::ModelSpec& /*spec*/,
                                                     std::string /*model_name*/,
                                                     const Thresholds& /*thresholds*/) {
    return fail(ErrorCode::unavailable, "this build has no GPU path",
                "run `make gpu` in the project's folder");
}

Result<std::unique_ptr<DeviceEmbedder>> DeviceEmbedder::load(
    const model::OnnxModel& /*model*/, const infer::BackendOptions& /*options*/) {
    return fail(ErrorCode::unavailable, "this build has no GPU path",
                "run `make gpu` in the project's folder");
}

}  // namespace saccade::detect
