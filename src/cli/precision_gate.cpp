#include "cli/precision_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "bench/accuracy.h"
#include "cli/verb.h"
#include "core/file_claims.h"
#include "engine/setup.h"
#include "settings/words.h"

namespace saccade::cli {
namespace {

constexpr int turns = 3;

/// Of the reference's detections: with fewer each one would be more than the loss that is asked
/// after.
constexpr std::size_t least_objects = 20;

/// As published figures are made.
detect::Thresholds for_map() {
    return {.confidence = 0.001F, .multi_label = true};
}

Result<double> pictures_a_second(detect::Detector& detector, const quantize::Trial& trial,
                                 const std::stop_token& stop) {
    const auto start = std::chrono::steady_clock::now();
    if (auto found = quantize::detect_all(detector, trial.frames, stop); !found) {
        return fail(found.error());
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return static_cast<double>(trial.frames.size()) / taken.count();
}

}  // namespace

void add_gate_flags(CLI::App& verb, GateFlags& flags) {
    verb.add_option("--coco", flags.labels, "instances.json to judge by, images/ beside it")
        ->type_name("FILE");
    verb.add_option("--max-drop", flags.max_drop,
                    "what may be lost: points of mAP with --coco [0.5], else percent of F1 against "
                    "FP32 [1]")
        ->check(CLI::Range(0.0, 100.0))
        ->type_name("X");
    verb.add_option("--report", flags.report, "write what was measured, as JSON")
        ->type_name("FILE");
    verb.add_option("--html", flags.page,
                    "write it as a page, with the pictures in which the networks differ most")
        ->type_name("FILE");
}

Result<void> claim_outputs(const GateFlags& flags) {
    for (const auto& [file, flag] : {std::pair{flags.report, "--report"}, {flags.page, "--html"}}) {
        if (file.empty()) continue;
        auto ok = verb_files().writes(file, fmt::format("name another file with {}", flag));
        if (!ok) return ok;
    }
    return {};
}

double allowed_drop(double given, bool labels) {
    constexpr double points_of_map = 0.5, percent_of_f1 = 1;
    if (given >= 0) return given;
    return labels ? points_of_map : percent_of_f1;
}

Result<LabelledSet> labelled_set(const std::string& annotations, const DetectorMaker& reference,
                                 const std::stop_token& stop) {
    auto dataset = eval::CocoDataset::load(annotations);
    if (!dataset) return fail(dataset.error());
    LabelledSet labels{.file = annotations,
                       .dataset = std::move(*dataset),
                       .images = bench::images_beside(annotations),
                       .reference = {}};
    auto detector = reference(for_map());
    if (!detector) return fail(detector.error());
    const auto evaluator = bench::detect_data_set(labels.dataset, labels.images, **detector, stop);
    if (!evaluator) return fail(evaluator.error());
    labels.reference = evaluator->judged.by_image();
    labels.reference_map = evaluator->judged.summary().ap;
    if (labels.reference_map <= 0) {
        return fail(ErrorCode::invalid_argument,
                    annotations + ": the FP32 network finds nothing of what is labelled there",
                    "check with: saccade val");
    }
    return labels;
}

Result<void> check_enough(const quantize::Trial& held_out) {
    const auto objects = quantize::compare(held_out.reference, held_out.reference).reference;
    if (objects >= least_objects) return {};
    return fail(ErrorCode::invalid_argument,
                fmt::format("the FP32 network finds {} objects in the {} pictures to judge by, too "
                            "few to tell what "
                            "is lost",
                            objects, held_out.frames.size()),
                "give footage with more of them, or labels: --coco instances.json");
}

Result<PrecisionReport> judge(const DetectorMaker& changed, const quantize::Trial& held_out,
                              const LabelledSet* labels, double max_drop,
                              const std::stop_token& stop) {
    PrecisionReport report;
    auto detector = changed({.confidence = quantize::faint});
    if (!detector) return fail(detector.error());
    auto found = quantize::detect_all(**detector, held_out.frames, stop);
    if (!found) return fail(found.error());
    report.drift = quantize::compare(held_out.reference, *found);
    report.found = std::move(*found);
    report.drop = 100 * (1 - report.drift.f1_50);
    if (labels != nullptr) {
        detector = changed(for_map());
        if (!detector) return fail(detector.error());
        const auto evaluator =
            bench::detect_data_set(labels->dataset, labels->images, **detector, stop);
        if (!evaluator) return fail(evaluator.error());
        report.reference_map = labels->reference_map;
        report.map = evaluator->judged.summary().ap;
        report.interval = eval::paired_bootstrap(labels->reference, evaluator->judged.by_image());
        report.drop = 100 * (labels->reference_map - *report.map);
    }
    report.good = report.drop <= max_drop;
    return report;
}

Result<Speed> compare_speed(detect::Detector& reference, detect::Detector& changed,
                            detect::Detector* usual, const quantize::Trial& trial,
                            const std::stop_token& stop) {
    Speed speed;
    const auto take = [&](detect::Detector& detector, double& best) -> Result<void> {
        const auto rate = pictures_a_second(detector, trial, stop);
        if (!rate) return fail(rate.error());
        best = std::max(best, *rate);
        return {};
    };
    for (int turn = 0; turn < turns; ++turn) {
        if (auto done = take(reference, speed.reference); !done) return fail(done.error());
        if (auto done = take(changed, speed.changed); !done) return fail(done.error());
        if (usual == nullptr) continue;
        if (auto done = take(*usual, speed.usual); !done) return fail(done.error());
    }
    if (usual != nullptr) speed.usual_precision = shown_name(usual->info().backend.precision);
    return speed;
}

Result<std::unique_ptr<detect::Detector>> usual_detector(Settings settings) {
    settings.precision = std::string(settings::automatic_word);
    settings.device = "cpu";
    auto detector = engine::open_detector(settings, infer::Goal::throughput);
    if (!detector) return detector;
    if ((*detector)->info().backend.precision == infer::Precision::fp32) return nullptr;
    return detector;
}

std::string shown_name(infer::Precision precision) {
    std::string name(infer::to_string(precision));
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name == "MIXED" ? "mixed precision" : name;
}

}  // namespace saccade::cli
