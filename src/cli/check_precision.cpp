#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/precision_page.h"
#include "cli/precision_report.h"
#include "cli/signals.h"
#include "cli/step_progress.h"
#include "cli/verb.h"
#include "core/atomic_file.h"
#include "core/file_claims.h"
#include "detect/factory.h"
#include "engine/model_store.h"
#include "engine/setup.h"
#include "media/locations.h"
#include "model/quantize/int8_plan.h"
#include "profile/json_parts.h"
#include "settings/network_choices.h"

namespace saccade::cli {
namespace {

struct CheckFlags {
    std::vector<std::string> sources;
    std::string reference;
    std::size_t images = 48;
    GateFlags gate;
};

struct Checked {
    std::string model, precision, device;
    double max_drop = 0;
    PrecisionReport gate;
    std::optional<Speed> speed;  ///< where both ran on the CPU
};

/// The FP32 network to compare with: `given`, or the model itself. One that an INT8 file was not
/// made from is no measure for it.
Result<quantize::Network> reference_of(const std::filesystem::path& model, const std::string& given,
                                       const Settings& settings) {
    const auto file = model::OnnxModel::load(model);
    if (!file) return fail(file.error());
    const auto plan = model::int8_plan(*file);
    if (!plan) return fail(plan.error());
    if (*plan && given.empty()) {
        return fail(ErrorCode::invalid_argument, model.string() + ": is an INT8 network",
                    "name the network that it was made from: --reference MODEL.onnx");
    }
    const auto choices = settings::network_choices(settings);
    if (!choices) return fail(choices.error());
    auto network =
        quantize::open_network(given.empty() ? model : std::filesystem::path(given),
                               choices->overrides, {settings.image_size, settings.image_size});
    if (network && *plan && (*plan)->source != network->digest) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: was not made from {}", model.string(), given),
                    "name the very file that was given to saccade quantize");
    }
    return network;
}

Result<Checked> check(const Settings& settings, const CheckFlags& flags,
                      const std::stop_token& stop, const quantize::Progress& progress) {
    const auto path = engine::find_model(settings);
    if (!path) return fail(path.error());
    if (!flags.gate.report.empty() || !flags.gate.page.empty()) {
        for (const auto& source : flags.sources) {
            if (auto ok = verb_files().reads(source); !ok) return fail(ok.error());
        }
        if (auto ok = verb_files().reads(*path); !ok) return fail(ok.error());
        if (auto ok = claim_outputs(flags.gate); !ok) return fail(ok.error());
    }
    const auto own = engine::single_detector(settings, infer::Goal::throughput);
    if (!own) return fail(own.error());
    const auto network = reference_of(*path, flags.reference, settings);
    if (!network) return fail(network.error());
    const auto locations = media::expand_locations(flags.sources);
    if (!locations) return fail(locations.error());
    const auto choice = quantize::choose_frames(*locations, flags.images, 0, stop, progress);
    if (!choice) return fail(choice.error());
    auto frames = quantize::load_frames(*locations, choice->calibration, stop);
    if (!frames) return fail(frames.error());
    const auto trial = quantize::make_trial(*network, std::move(*frames), stop);
    if (!trial) return fail(trial.error());

    if (flags.gate.labels.empty()) {
        if (auto ok = check_enough(*trial); !ok) return fail(ok.error());
    }
    const auto reference = [&](const detect::Thresholds& thresholds) {
        return quantize::detector_of(*network, network->model, thresholds);
    };
    const auto changed = [&](const detect::Thresholds& thresholds) {
        detect::DetectorOptions options = *own;
        options.thresholds = thresholds;
        options.input = network->input;
        options.backend.max_batch = 1;
        return detect::make_detector(options);
    };
    std::optional<LabelledSet> labels;
    if (!flags.gate.labels.empty()) {
        auto set = labelled_set(flags.gate.labels, reference, stop);
        if (!set) return fail(set.error());
        labels = std::move(*set);
    }
    Checked checked{.model = own->model->name(),
                    .max_drop = allowed_drop(flags.gate.max_drop, labels.has_value())};
    auto judged = judge(changed, *trial, labels ? &*labels : nullptr, checked.max_drop, stop);
    if (!judged) return fail(judged.error());
    checked.gate = *judged;
    auto plain = reference({});
    if (!plain) return fail(plain.error());
    auto other = changed({});
    if (!other) return fail(other.error());
    const infer::Precision precision = (*other)->info().backend.precision;
    checked.precision = shown_name(precision);
    checked.device = (*other)->info().backend.device;
    if ((*other)->info().cuda_device < 0) {
        Settings as_found = settings;
        as_found.model = flags.reference.empty() ? path->string() : flags.reference;
        auto usual = usual_detector(as_found);
        if (!usual) return fail(usual.error());
        if (*usual && (*usual)->info().backend.precision == precision) usual->reset();
        auto speed = compare_speed(**plain, **other, usual->get(), *trial, stop);
        if (!speed) return fail(speed.error());
        checked.speed = *speed;
    }
    if (!flags.gate.page.empty()) {
        const PrecisionPage page{.model = checked.model,
                                 .precision = checked.precision,
                                 .device = checked.device,
                                 .max_drop = checked.max_drop,
                                 .gate = checked.gate,
                                 .held_out = *trial,
                                 .class_names = network->spec.class_names,
                                 .speed = checked.speed};
        if (auto ok = write_page(flags.gate.page, page); !ok) return fail(ok.error());
    }
    return checked;
}

nlohmann::json to_json(const Checked& checked) {
    nlohmann::json out = {{"schema", "saccade.check-precision/1"}, {"model", checked.model},
                          {"precision", checked.precision},        {"device", checked.device},
                          {"max_drop", checked.max_drop},          {"gate", to_json(checked.gate)}};
    if (checked.speed) out["speed"] = to_json(*checked.speed);
    return out;
}

int run(const SettingFlags& flags, const CheckFlags& own) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const SignalStop signals;
    StepProgress progress(flags.quiet);
    const auto checked = check(config->settings, own, signals.token(), std::ref(progress));
    progress.end();
    if (!checked) return complain(checked.error());
    const auto document = to_json(*checked);
    if (!own.gate.report.empty()) {
        if (auto ok = write_whole(own.gate.report, profile::json_text(document)); !ok)
            return complain(ok.error());
    }
    if (flags.json) {
        fmt::print("{}\n", document.dump(2));
    } else {
        fmt::print("{} in {} on {}\n{}{}", checked->model, checked->precision, checked->device,
                   to_text(checked->gate, checked->precision),
                   checked->speed ? to_text(*checked->speed, checked->precision) : "");
    }
    if (checked->gate.good) return exit_done;
    return complain(
        {ErrorCode::unsupported,
         fmt::format("{}: {} in {}", checked->model,
                     loss_in_words(checked->gate, checked->max_drop), checked->precision),
         "use --precision fp32, or allow more (--max-drop)"});
}

}  // namespace

void add_check_precision(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand(
        "check-precision", "measure what a model loses in FP16, BF16 or INT8 on a device");
    auto own = std::make_shared<CheckFlags>();
    verb->add_option("sources", own->sources,
                     "pictures to judge by: folders of images, videos or lists")
        ->required()
        ->type_name("SOURCE");
    verb->add_option("--reference", own->reference,
                     "the FP32 network that an INT8 one was made from")
        ->type_name("FILE");
    verb->add_option("--images", own->images, "how many, chosen so that they differ")
        ->check(CLI::Range(8, 10'000))
        ->capture_default_str();
    add_gate_flags(*verb, own->gate);
    auto flags = add_settings(*verb);
    verb->callback([=, &job] { job = [=] { return run(*flags, *own); }; });
}

}  // namespace saccade::cli
