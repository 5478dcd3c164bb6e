// Whether a network in less precision is good enough: what it loses against FP32, and what it wins.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "eval/coco_evaluator.h"
#include "quantize/trial.h"
#include "saccade/settings.h"

namespace saccade::cli {

/// What a person says of the gate.
struct GateFlags {
    std::string labels, report, page;  ///< files
    double max_drop = -1;              ///< below 0: the usual
};
void add_gate_flags(CLI::App& verb, GateFlags& flags);
/// That the files which the flags name may be written, and don't fall on what is read.
Result<void> claim_outputs(const GateFlags& flags);

/// Truth to judge by, where there is some.
struct LabelledSet {
    std::string file;
    eval::CocoDataset dataset;
    std::filesystem::path images;
    eval::CocoByImage reference;  ///< the FP32 network's, judged
    double reference_map = 0;
};

struct PrecisionReport {
    quantize::Drift drift;  ///< on pictures that were not calibrated on
    std::optional<double> reference_map, map;
    eval::Interval interval;  ///< of map - reference_map
    double drop = 0;          ///< points of mAP, or percent of F1 at IoU 0.5
    bool good = false;
    std::vector<detect::Detections> found;  ///< by the changed network on the pictures held out
};

/// Makes a detector with these thresholds.
using DetectorMaker =
    std::function<Result<std::unique_ptr<detect::Detector>>(const detect::Thresholds&)>;

/// `given`, where the user gave it (not negative): points of mAP with labels, else percent of
/// matched F1.
[[nodiscard]] double allowed_drop(double given, bool labels);

/// Loads the data set and runs the reference on it. Errors: those of reading and detecting.
Result<LabelledSet> labelled_set(const std::string& annotations, const DetectorMaker& reference,
                                 const std::stop_token& stop);

/// Whether there is enough to judge by without labels. Errors: invalid_argument.
Result<void> check_enough(const quantize::Trial& held_out);

/// By the labels where there are some (limit in points of mAP), else by matched F1 (in percent).
/// Errors: the detectors'; interrupted.
Result<PrecisionReport> judge(const DetectorMaker& changed, const quantize::Trial& held_out,
                              const LabelledSet* labels, double max_drop,
                              const std::stop_token& stop);

/// "FP32", "INT8", "mixed precision".
[[nodiscard]] std::string shown_name(infer::Precision precision);

/// Pictures a second of the networks on the trial's frames, the better of some turns each, since
/// other programs' work comes in between.
struct Speed {
    double reference = 0, changed = 0;
    /// Of the reference as it runs where no precision is named, where that is not FP32; else 0.
    double usual = 0;
    std::string usual_precision;
    [[nodiscard]] bool worthwhile() const noexcept { return changed >= std::max(reference, usual); }
};
/// `usual` may be nullptr.
Result<Speed> compare_speed(detect::Detector& reference, detect::Detector& changed,
                            detect::Detector* usual, const quantize::Trial& trial,
                            const std::stop_token& stop);
/// The settings' model as it runs on this host where no precision is named; none where that is in
/// FP32. Errors: those of engine::open_detector.
Result<std::unique_ptr<detect::Detector>> usual_detector(Settings settings);

}  // namespace saccade::cli
