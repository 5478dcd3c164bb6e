// A detector's accuracy on a COCO data set.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "detect/detector.h"
#include "eval/coco_evaluator.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::bench {

/// `settings` with the measure's own thresholds: nearly all boxes count, by rank. `confidence` as
/// it is where the user chose it.
[[nodiscard]] Settings accuracy_settings(Settings settings, bool confidence_chosen);

/// Where a data set's images are unless told: images/ beside its file.
[[nodiscard]] std::filesystem::path images_beside(const std::string& annotations);

/// What a data set's images gave, to be judged.
struct DataSetRun {
    eval::CocoEvaluator judged;              ///< of the data set, which must outlive it
    std::vector<std::string> without_class;  ///< as in Accuracy
};

/// All images through the detector. Errors and warnings: as measure_accuracy.
Result<DataSetRun> detect_data_set(const eval::CocoDataset& dataset,
                                   const std::filesystem::path& images, detect::Detector& detector,
                                   const std::stop_token& stop = {});

struct Accuracy {
    eval::CocoSummary summary;
    std::vector<std::string> without_class;  ///< categories that the model does not know, at mAP 0
};

/// All images through the detector, judged. Categories that are no class of the model's are told in
/// a warning; images that links lead out of `images` to, likewise. Errors: those of reading,
/// detecting and judging; invalid_argument where no category is a class of the model's;
/// interrupted.
Result<Accuracy> measure_accuracy(const eval::CocoDataset& dataset,
                                  const std::filesystem::path& images, detect::Detector& detector,
                                  const std::stop_token& stop = {});

/// As `saccade val --json` prints it: "saccade.val/1", ending in a line break.
[[nodiscard]] std::string accuracy_json(const Accuracy& accuracy, const detect::DetectorInfo& info);

}  // namespace saccade::bench
