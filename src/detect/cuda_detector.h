// The detector on a GPU: letterbox, network, head and NMS stay on the device, and only the
// detections come back, in one copy a batch.
#pragma once

#include <memory>
#include <string>

#include "detect/detector.h"
#include "infer/backend.h"
#include "model/spec.h"

namespace saccade::detect {

/// Around a backend whose inputs and outputs are in device memory. Frames may be on that device or
/// on the host; those are uploaded through pinned memory. All work of a batch is on its slot's
/// stream. Frames in device memory are held until their batch is collected, and must be ready to be
/// read. Errors: as HostDetector::create; unavailable in a build without CUDA.
Result<std::unique_ptr<Detector>> make_cuda_detector(std::unique_ptr<infer::Backend> backend,
                                                     const model::ModelSpec& spec,
                                                     std::string model_name,
                                                     const Thresholds& thresholds);

}  // namespace saccade::detect
