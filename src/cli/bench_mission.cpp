#include "cli/bench_mission.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "bench/mission.h"
#include "cli/bench_parts.h"
#include "cli/clip.h"
#include "cli/exit_code.h"
#include "cli/layers.h"
#include "cli/machine.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "core/mask_secrets.h"
#include "profile/mission_report.h"
#include "saccade/version.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

struct MissionFlags {
    std::string source, coco, clips;
    int repetitions = 2;
    std::size_t frames = 0;
    std::vector<int> batches;
    std::vector<std::string> models;
    bench::MissionOptions options;
    ReportFiles reports;
};

/// What to type to measure the same again.
std::string mission_command(const SettingFlags& flags, const MissionFlags& wanted) {
    const auto name = [](const std::string& path) { return fs::path(path).filename().string(); };
    std::string command = "saccade bench mission";
    if (!wanted.source.empty()) command += " " + name(mask_url(wanted.source));
    command += settings_words(flags);
    if (!wanted.batches.empty()) {
        command += fmt::format(" --batches {}", fmt::join(wanted.batches, ","));
    }
    std::vector<std::string> models = wanted.models;
    for (std::string& model : models) model = name(model);
    if (!models.empty()) command += fmt::format(" --models {}", fmt::join(models, ","));
    if (!wanted.options.int8.empty()) command += " --int8 " + name(wanted.options.int8);
    if (wanted.options.engines) command += " --engines";
    if (!wanted.coco.empty()) command += " --coco " + name(wanted.coco);
    return command + fmt::format(" --reps {} --frames {}", wanted.repetitions, wanted.frames);
}

Result<profile::MissionReport> measure_mission(const SettingFlags& flags, MissionFlags wanted,
                                               const Settings& settings, const std::string& clip,
                                               std::stop_token stop) {
    const auto scratch = Scratch::make();
    if (!scratch) return fail(scratch.error());
    bench::Bench bench{.settings = settings,
                       .clip = clip,
                       .scratch = scratch->path(),
                       .clips = wanted.clips.empty() ? scratch->path() : fs::path(wanted.clips),
                       .repetitions = wanted.repetitions,
                       .frames = 1,
                       .batches = wanted.batches,
                       .counts = {},
                       .sizes = {},
                       .models = wanted.models,
                       .coco = wanted.coco,
                       .stop = std::move(stop),
                       .say =
                           [&](const std::string& what) {
                               if (!flags.quiet) fmt::print(stderr, "bench: {}\n", what);
                           },
                       .device = std::nullopt};
    const auto device = bench::device_of(bench);
    if (!device) return fail(device.error());
    if (wanted.frames == 0) wanted.frames = device->cuda >= 0 ? 3000 : 60;
    bench.frames = wanted.frames;
    profile::MissionReport report;
    report.version = SACCADE_VERSION;
    report.date = now_utc();
    report.machine = machine_with_versions();
    report.command = mission_command(flags, wanted);
    report.setup = setup_text(settings, clip);
    wanted.options.layers = measure_layers;
    auto tables = bench::run_mission(bench, wanted.options);
    if (!tables) return fail(tables.error());
    report.tables = std::move(*tables);
    return report;
}

int mission(const SettingFlags& flags, const MissionFlags& wanted) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const Settings& settings = config->settings;
    std::string clip = wanted.source.empty() ? real_clip() : wanted.source;
    if (clip.empty() || (wanted.source.empty() && settings.model == "synthetic")) {
        clip = "synthetic:frames=300&width=1920&height=1080";
    }
    std::vector<std::string> models = wanted.models;
    if (!wanted.options.int8.empty()) models.push_back(wanted.options.int8);
    if (auto claimed = claim_reports(wanted.reports); !claimed) return complain(claimed.error());
    if (auto claimed = claim_inputs(settings, models, wanted.coco, clip); !claimed) {
        return complain(claimed.error());
    }
    const SignalStop signals;
    const auto report = measure_mission(flags, wanted, settings, clip, signals.token());
    if (!report) return complain(report.error());
    const std::string json = profile::mission_json(*report);
    const auto written = write_reports(wanted.reports, json, profile::mission_markdown(*report),
                                       profile::mission_html(*report));
    if (!written) return complain(written.error());
    if (flags.json) {
        print(json);
    } else {
        print(profile::mission_text(*report));
    }
    return exit_done;
}

}  // namespace

void add_mission(CLI::App& bench, Job& job) {
    CLI::App* verb = bench.add_subcommand(
        "mission", "the ten tables this project was made for, beside an RTX 3090's");
    auto flags = add_settings(*verb);
    auto wanted = std::make_shared<MissionFlags>();
    verb->add_option("video", wanted->source, "1080p video to measure with [one found here]")
        ->type_name("VIDEO");
    verb->add_option("--reps", wanted->repetitions, "repetitions of each measurement [2]")
        ->check(CLI::Range(1, 1000));
    verb->add_option("--frames", wanted->frames, "frames a repetition, about [60; 3000 on a GPU]")
        ->check(CLI::Range(1, 10000000));
    const auto add_list = [&](const char* flag, auto& values, const char* type, const char* help,
                              const CLI::Validator& valid) {
        verb->add_option(flag, values, help)
            ->type_name(type)
            ->delimiter(',')
            ->allow_extra_args(false)
            ->check(valid);
    };
    add_list("--batches", wanted->batches, "N,...", "of the second table [1,2,4,8; to 32 on a GPU]",
             CLI::Range(1, 1024));
    add_list("--models", wanted->models, "NAME|FILE,...",
             "further models than yolo11n, s, m and l for the seventh", CLI::Validator());
    verb->add_option("--int8", wanted->options.int8,
                     "a network in INT8, made by `saccade quantize`")
        ->type_name("NAME|FILE");
    verb->add_flag("--engines", wanted->options.engines,
                   "on a GPU: build the engines that are missing, some minutes each");
    verb->add_option("--coco", wanted->coco,
                     "instances.json of a COCO data set, images/ beside it: mAP")
        ->type_name("FILE");
    verb->add_option("--clips", wanted->clips, "keep the clips of 4K and 8K, to be used again")
        ->type_name("DIR");
    verb->add_option("--json-file", wanted->reports.json, "write the result")->type_name("FILE");
    verb->add_option("--markdown", wanted->reports.markdown, "write tables")->type_name("FILE");
    verb->add_option("--html", wanted->reports.html, "write a page with charts")->type_name("FILE");
    verb->callback([=, &job] { job = [=] { return mission(*flags, *wanted); }; });
}

}  // namespace saccade::cli
