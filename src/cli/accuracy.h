// A detector's accuracy on a COCO data set.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "detect/detector.h"
#include "eval/coco_evaluator.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::cli {

/// `settings` with the measure's own thresholds: nearly all boxes count, by rank. `confidence` as it is where the
/// user chose it.
[[nodiscard]] Settings accuracy_settings(Settings settings, bool confidence_chosen);

/// Where a data set's images are unless told: images/ beside its file.
[[nodiscard]] std::filesystem::path images_beside(const std::string& annotations);

/// All images through the detector, to be judged. Errors: as measure_accuracy.
Result<eval::CocoEvaluator> detect_data_set(const eval::CocoDataset& dataset, const std::filesystem::path& images,
                                            detect::Detector& detector, const std::stop_token& stop = {});

/// All images through the detector, judged. Errors: those of reading, detecting and judging; interrupted.
Result<eval::CocoSummary> measure_accuracy(const eval::CocoDataset& dataset, const std::filesystem::path& images,
                                           detect::Detector& detector, const std::stop_token& stop = {});

}  // namespace saccade::cli
