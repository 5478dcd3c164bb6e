#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "bench/accuracy.h"
#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/verb.h"
#include "engine/setup.h"
#include "eval/coco_evaluator.h"

namespace saccade::cli {
namespace {

void print_text(const eval::CocoSummary& s, const detect::DetectorInfo& info) {
    print_formatted("{} on {} images, {} detections, input {}x{}\n", info.model, s.images,
                    s.detections, info.input_width, info.input_height);
    print_formatted("mAP50-95 {:.4f}  mAP50 {:.4f}  mAP75 {:.4f}\n", s.ap, s.ap50, s.ap75);
    print_formatted("small {:.4f}  medium {:.4f}  large {:.4f}\n", s.ap_small, s.ap_medium,
                    s.ap_large);
    print_formatted("recall at 1: {:.4f}  10: {:.4f}  100: {:.4f}\n", s.recall[0], s.recall[1],
                    s.recall[2]);
}

int val(const SettingFlags& flags, const std::string& annotations, const std::string& images) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const Settings settings =
        bench::accuracy_settings(config->settings, config->origin.at("conf") != "default");

    if (auto claimed = verb_files().reads(annotations); !claimed) return complain(claimed.error());
    const auto dataset = eval::CocoDataset::load(annotations);
    if (!dataset) return complain(dataset.error());
    const auto detector = engine::open_detector(settings, infer::Goal::throughput);
    if (!detector) return complain(detector.error());
    const auto accuracy = bench::measure_accuracy(
        *dataset,
        images.empty() ? bench::images_beside(annotations) : std::filesystem::path(images),
        **detector);
    if (!accuracy) return complain(accuracy.error());
    if (flags.json) {
        print(bench::accuracy_json(*accuracy, (*detector)->info()));
    } else {
        print_text(accuracy->summary, (*detector)->info());
    }
    return exit_done;
}

}  // namespace

void add_val(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand("val", "measure a model's mAP on a COCO data set");
    auto annotations = std::make_shared<std::string>();
    auto images = std::make_shared<std::string>();
    verb->add_option("annotations", *annotations, "instances.json of the data set")
        ->required()
        ->type_name("FILE");
    verb->add_option("--images", *images, "folder of its images [images/ beside the file]")
        ->type_name("DIR");
    auto flags = add_settings(*verb);
    add_calibration(*verb, flags);
    verb->callback([=, &job] { job = [=] { return val(*flags, *annotations, *images); }; });
}

}  // namespace saccade::cli
