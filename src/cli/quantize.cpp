#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/quantize_model.h"
#include "cli/signals.h"
#include "cli/step_progress.h"
#include "cli/verb.h"
#include "core/atomic_file.h"
#include "core/file_claims.h"
#include "engine/model_store.h"
#include "profile/json_parts.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

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

/// So that neither the network nor the footage is written over.
Result<void> claim(const QuantizeFlags& flags, const fs::path& model, const fs::path& output) {
    FileClaims& files = verb_files();
    if (auto ok = files.reads(model); !ok) return ok;
    for (const auto& source : flags.calib) {
        if (auto ok = files.reads(source); !ok) return ok;
    }
    if (!flags.gate.labels.empty()) {
        if (auto ok = files.reads(flags.gate.labels); !ok) return ok;
    }
    if (auto ok = claim_outputs(flags.gate); !ok) return ok;
    return files.writes(output, "name another file with -o");
}

int run(const SettingFlags& flags, const QuantizeFlags& own) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const auto path = engine::find_model(config->settings);
    if (!path) return complain(path.error());
    const auto output = output_of(*config, *path);
    if (!output) return complain(output.error());
    if (auto ok = claim(own, *path, *output); !ok) return complain(ok.error());
    const SignalStop signals;
    StepProgress progress(flags.quiet);
    const auto report =
        quantize_model(config->settings, own, *path, *output, signals.token(), std::ref(progress));
    progress.end();
    if (!report) return complain(report.error());
    const auto document = to_json(*report);
    if (!own.gate.report.empty()) {
        if (auto ok = write_whole(own.gate.report, profile::json_text(document)); !ok)
            return complain(ok.error());
    }
    flags.json ? fmt::print("{}\n", document.dump(2)) : fmt::print("{}", to_text(*report));
    if (!report->gate.good) return complain(lost_too_much(*report));
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
