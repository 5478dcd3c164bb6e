#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
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
#include "engine/model_store.h"
#include "infer/registry.h"
#include "media/locations.h"
#include "profile/json_parts.h"
#include "settings/network_choices.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

struct QuantizeFlags {
    std::vector<std::string> calib;
    std::size_t images = 200, held_out = 48;
    std::string method = "auto";
    GateFlags gate;
};

/// Pictures that methods and layers are tried on.
constexpr std::size_t trial_pictures = 20;

/// Evenly spread over the choice.
std::vector<quantize::Pick> some_of(const std::vector<quantize::Pick>& picks, std::size_t wanted) {
    std::vector<quantize::Pick> out;
    const std::size_t count = std::min(wanted, picks.size());
    for (std::size_t i = 0; i < count; ++i) out.push_back(picks[i * picks.size() / count]);
    return out;
}

Result<fs::path> output_of(const Config& config, const fs::path& model) {
    fs::path out = config.origin.at("out") == "default"
                       ? fs::path(model.stem().string() + "_int8.onnx")
                       : fs::path(config.settings.out);
    std::error_code error;
    if (fs::is_directory(out, error)) out /= model.stem().string() + "_int8.onnx";
    if (fs::equivalent(out, model, error)) {
        return fail(ErrorCode::invalid_argument, out.string() + ": is the network itself",
                    "give another file: -o " + model.stem().string() + "_int8.onnx");
    }
    return out;
}

class Quantizer {
  public:
    Quantizer(const Config& config, const QuantizeFlags& flags, std::stop_token stop,
              quantize::Progress progress)
        : config_(config), flags_(flags), stop_(std::move(stop)), progress_(std::move(progress)) {}

    Result<QuantizeReport> run() {
        const Settings& settings = config_.settings;
        const auto path = engine::find_model(settings);
        if (!path) return fail(path.error());
        const auto output = output_of(config_, *path);
        if (!output) return fail(output.error());
        if (auto ok = claim(*path, *output); !ok) return fail(ok.error());
        std::optional<quantize::Method> method = quantize::method_from(flags_.method);
        const auto choices = settings::network_choices(settings);
        if (!choices) return fail(choices.error());
        auto network = quantize::open_network(*path, choices->overrides,
                                              {settings.image_size, settings.image_size});
        if (!network) return fail(network.error());
        const auto locations = media::expand_locations(flags_.calib);
        if (!locations) return fail(locations.error());
        const auto choice =
            quantize::choose_frames(*locations, flags_.images, flags_.held_out, stop_, progress_);
        if (!choice) return fail(choice.error());
        const auto table =
            quantize::calibrate(*network, *locations, *choice,
                                engine::cache_dir(settings) / "calibration", stop_, progress_);
        if (!table) return fail(table.error());

        const auto trial =
            trial_of(*network, *locations, some_of(choice->calibration, trial_pictures));
        if (!trial) return fail(trial.error());
        const auto held_out = trial_of(*network, *locations, choice->held_out);
        if (!held_out) return fail(held_out.error());
        if (flags_.gate.labels.empty()) {
            if (auto ok = check_enough(*held_out); !ok) return fail(ok.error());
        }
        const auto reference = [&](const detect::Thresholds& thresholds) {
            return quantize::detector_of(*network, network->model, thresholds);
        };
        std::optional<LabelledSet> labels;
        if (!flags_.gate.labels.empty()) {
            auto set = labelled_set(flags_.gate.labels, reference, stop_);
            if (!set) return fail(set.error());
            labels = std::move(*set);
        }
        // (Of a network for GPUs the arithmetic is simulated: any GPU will do.)
        using Kind = infer::DeviceChoice::Kind;
        const bool gpu =
            choices->device.kind == Kind::all_gpus ||
            (choices->device.kind == Kind::named && !choices->device.named.front().is_host());
        const auto shape = infer::int8_shape(gpu ? infer::Device{0} : infer::Device{});
        QuantizeReport report{.model = path->filename().string(),
                              .output = output->string(),
                              .device = gpu ? "cuda" : "cpu",
                              .calibrated = choice->calibration.size(),
                              .held_out = choice->held_out.size(),
                              .max_drop = limit_};
        const auto gate = [&](const model::Int8Plan& plan) -> Result<quantize::Judgement> {
            const auto changed = [&](const detect::Thresholds& thresholds) {
                return quantize::quantised_detector(*network, plan, shape, thresholds);
            };
            auto judged = judge(changed, *held_out, labels ? &*labels : nullptr, limit_, stop_);
            if (!judged) return fail(judged.error());
            report.gate = *judged;
            return quantize::Judgement{judged->drop, judged->good};
        };
        auto found =
            quantize::search(*network, *table, method, shape, *trial, gate, stop_, progress_);
        if (!found) return fail(found.error());
        report.found = std::move(*found);
        if (!gpu) {
            auto plain = reference({});
            if (!plain) return fail(plain.error());
            auto quantised = quantize::quantised_detector(*network, report.found.plan, shape, {});
            if (!quantised) return fail(quantised.error());
            Settings as_found = settings;
            as_found.model = path->string();
            const auto usual = usual_detector(as_found);
            if (!usual) return fail(usual.error());
            auto speed = compare_speed(**plain, **quantised, usual->get(), *held_out, stop_);
            if (!speed) return fail(speed.error());
            report.speed = *speed;
        }
        if (!flags_.gate.page.empty()) {
            const bool judged_here = report.speed.reference > 0;
            const PrecisionPage page{
                .model = report.model,
                .precision = "INT8",
                .device = judged_here ? report.device : report.device + " (simulated)",
                .max_drop = limit_,
                .gate = report.gate,
                .held_out = *held_out,
                .class_names = network->spec.class_names,
                .speed = judged_here ? std::optional(report.speed) : std::nullopt,
                .found = &report.found};
            if (auto ok = write_page(flags_.gate.page, page); !ok) return fail(ok.error());
        }
        if (report.gate.good) {
            const auto written =
                model::write_int8(network->file, report.found.plan, {.shape = shape});
            if (!written) return fail(written.error());
            const auto bytes = written->to_bytes();
            if (!bytes) return fail(bytes.error());
            if (auto ok = write_whole(*output, *bytes); !ok) return fail(ok.error());
        }
        return report;
    }

  private:
    /// So that neither the network nor the footage is written over.
    Result<void> claim(const fs::path& model, const fs::path& output) const {
        FileClaims& files = verb_files();
        if (auto ok = files.reads(model); !ok) return ok;
        for (const auto& source : flags_.calib) {
            if (auto ok = files.reads(source); !ok) return ok;
        }
        if (!flags_.gate.labels.empty()) {
            if (auto ok = files.reads(flags_.gate.labels); !ok) return ok;
        }
        if (auto ok = claim_outputs(flags_.gate); !ok) return ok;
        return files.writes(output, "name another file with -o");
    }

    Result<quantize::Trial> trial_of(const quantize::Network& network,
                                     const std::vector<std::string>& locations,
                                     const std::vector<quantize::Pick>& picks) {
        auto frames = quantize::load_frames(locations, picks, stop_);
        if (!frames) return fail(frames.error());
        return quantize::make_trial(network, std::move(*frames), stop_);
    }

    const Config& config_;
    const QuantizeFlags& flags_;
    std::stop_token stop_;
    quantize::Progress progress_;
    const double limit_ = allowed_drop(flags_.gate.max_drop, !flags_.gate.labels.empty());
};

int run(const SettingFlags& flags, const QuantizeFlags& own) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const SignalStop signals;
    StepProgress progress(flags.quiet);
    const auto report = Quantizer(*config, own, signals.token(), std::ref(progress)).run();
    progress.end();
    if (!report) return complain(report.error());
    const auto document = to_json(*report);
    if (!own.gate.report.empty()) {
        if (auto ok = write_whole(own.gate.report, profile::json_text(document)); !ok)
            return complain(ok.error());
    }
    flags.json ? fmt::print("{}\n", document.dump(2)) : fmt::print("{}", to_text(*report));
    if (!report->gate.good) {
        std::string worst;
        for (std::size_t i = 0; i < report->found.scan.parts.size() && i < 3; ++i) {
            worst += (worst.empty() ? "" : ", ") + report->found.scan.parts[i].layers.front();
        }
        return complain(
            {ErrorCode::unsupported,
             fmt::format(
                 "{}: {} in INT8, even with {} of {} layers kept in floating point; most is "
                 "lost at {}",
                 report->model, loss_in_words(report->gate, report->max_drop),
                 report->found.plan.kept.size(), report->found.layers, worst),
             "use --precision fp32, more pictures (--images), or allow more (--max-drop)"});
    }
    if (!flags.json) fmt::print("{}\n", report->output);
    return exit_done;
}

}  // namespace

void add_quantize(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand(
        "quantize", "write a model in INT8, and refuse where that loses too much");
    auto own = std::make_shared<QuantizeFlags>();
    verb->add_option("--calib", own->calib,
                     "what the model will see: folder of images, videos or lists")
        ->required()
        ->type_name("SOURCE");
    verb->add_option("--images", own->images,
                     "pictures to calibrate on, chosen so that they differ")
        ->check(CLI::Range(8, 10'000))
        ->capture_default_str();
    verb->add_option("--held-out", own->held_out, "further pictures to judge by")
        ->check(CLI::Range(4, 10'000))
        ->capture_default_str();
    verb->add_option("--method", own->method, "how ranges are chosen; auto: as it comes out best")
        ->check(CLI::IsMember({"auto", "mse", "percentile", "minmax", "entropy"}))
        ->capture_default_str();
    add_gate_flags(*verb, own->gate);
    auto flags = add_settings(*verb);
    verb->callback([=, &job] { job = [=] { return run(*flags, *own); }; });
}

}  // namespace saccade::cli
