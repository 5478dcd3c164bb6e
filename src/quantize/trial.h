// What a plan loses on pictures.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "model/quantize/write_int8.h"
#include "quantize/compare.h"
#include "quantize/network.h"
#include "saccade/error.h"

namespace saccade::quantize {

/// Pictures with what the FP32 network finds in them.
struct Trial {
    std::vector<Frame> frames;
    std::vector<detect::Detections> reference;
};

/// Errors: those of the detector; interrupted.
Result<Trial> make_trial(const Network& network, std::vector<Frame> frames,
                         const std::stop_token& stop);

/// A detector of the network by the plan: for Int8Shape::openvino in this CPU's own INT8, for
/// TensorRT's in simulation, since its devices are not asked here. Errors: those of write_int8 and
/// detector_of.
Result<std::unique_ptr<detect::Detector>> quantised_detector(
    const Network& network, const model::Int8Plan& plan, model::Int8Shape shape,
    const detect::Thresholds& thresholds = {.confidence = faint});

/// The first `most` frames of the trial. Errors: those of quantised_detector; interrupted.
Result<Drift> drift_of(const Network& network, const model::Int8Plan& plan, model::Int8Shape shape,
                       const Trial& trial, const std::stop_token& stop,
                       std::size_t most = static_cast<std::size_t>(-1));

}  // namespace saccade::quantize
