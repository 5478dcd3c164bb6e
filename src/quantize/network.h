// The network to be quantised, and detectors of its variants.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/size.h"
#include "detect/detector.h"
#include "model/prepared_model.h"
#include "saccade/error.h"

namespace saccade::quantize {

/// In FP32, as CPUs run it (raw_head.h).
struct Network {
    model::OnnxModel file;   ///< as it was read
    model::OnnxModel model;  ///< head cut, batch and size free
    model::ModelSpec spec;
    std::string kept;    ///< as model::Network
    Size input;          ///< px
    std::string digest;  ///< SHA-256 of the file
};

/// `input` 0x0: the file's own. Errors: those of OnnxModel::load and PreparedModel::prepare;
/// unsupported (no FP32 network: it is quantised already).
Result<Network> open_network(const std::filesystem::path& path,
                             const model::SpecOverrides& overrides, Size input);

/// Detections below the threshold that people use, too: what nearly was one tells as much.
inline constexpr float faint = 0.05F;

/// A variant of network.model on this CPU. Errors: those of infer::make_backend.
Result<std::unique_ptr<detect::Detector>> detector_of(const Network& network,
                                                      const model::OnnxModel& variant,
                                                      const detect::Thresholds& thresholds = {
                                                          .confidence = faint});

/// The detections of each frame. Errors: the detector's; interrupted.
Result<std::vector<detect::Detections>> detect_all(detect::Detector& detector,
                                                   std::span<const Frame> frames,
                                                   const std::stop_token& stop);

}  // namespace saccade::quantize
