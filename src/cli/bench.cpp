#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <memory>
#include <utility>

#include "bench/suites.h"
#include "cli/bench_mission.h"
#include "cli/bench_parts.h"
#include "cli/clip.h"
#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "core/mask_secrets.h"
#include "core/text_file.h"
#include "saccade/version.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;
using bench::Bench;

struct BenchFlags {
    std::vector<std::string> suites;
    std::string source, json_file, markdown, html, compare, clips;
    int repetitions = 5;
    std::size_t frames = 120;
    std::vector<int> batches, counts, inputs = {640, 480, 320};
    std::vector<std::string> sizes, models;
    std::string coco;
};

Result<std::vector<bench::Suite>> chosen(const std::vector<std::string>& names) {
    if (names.empty()) return bench::suites();
    std::vector<bench::Suite> found;
    for (const std::string& name : names) {
        bool known = false;
        for (const bench::Suite& suite : bench::suites()) {
            if (name != suite.name) continue;
            found.push_back(suite);
            known = true;
        }
        if (!known) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("bench: no suite is called '{}'", name),
                        "`saccade bench --help` lists them");
        }
    }
    return found;
}

Result<profile::BenchReport> read_report(const std::string& path) {
    const auto text = read_written_text(path);
    if (!text) return fail(text.error());
    return profile::parse_bench(*text, path);
}

/// What to type to measure the same again.
std::string command_of(const SettingFlags& flags, const BenchFlags& wanted) {
    std::string command = "saccade bench";
    for (const std::string& suite : wanted.suites) command += " " + suite;
    command += settings_words(flags);
    if (!wanted.source.empty()) {
        command += " --source " + fs::path(mask_url(wanted.source)).filename().string();
    }
    const auto list = [&](const char* flag, const auto& values) {
        if (!values.empty()) command += fmt::format(" {} {}", flag, fmt::join(values, ","));
    };
    list("--batches", wanted.batches);
    list("--counts", wanted.counts);
    list("--sizes", wanted.sizes);
    if (wanted.inputs != BenchFlags{}.inputs) list("--inputs", wanted.inputs);
    std::vector<std::string> models = wanted.models;
    for (std::string& model : models) model = fs::path(model).filename().string();
    list("--models", models);
    if (!wanted.coco.empty()) command += " --coco " + fs::path(wanted.coco).filename().string();
    return command + fmt::format(" --reps {} --frames {}", wanted.repetitions, wanted.frames);
}

Result<profile::BenchReport> measure(const Settings& settings, const BenchFlags& wanted,
                                     const std::string& command, const std::string& clip,
                                     bool quiet, std::stop_token stop) {
    const auto suites = chosen(wanted.suites);
    if (!suites) return fail(suites.error());
    const auto scratch = Scratch::make();
    if (!scratch) return fail(scratch.error());
    Bench bench{.settings = settings,
                .clip = clip,
                .scratch = scratch->path(),
                .clips = wanted.clips.empty() ? scratch->path() : fs::path(wanted.clips),
                .repetitions = wanted.repetitions,
                .frames = wanted.frames,
                .batches = wanted.batches,
                .counts = wanted.counts,
                .sizes = wanted.sizes,
                .inputs = wanted.inputs,
                .models = wanted.models,
                .coco = wanted.coco,
                .stop = std::move(stop),
                .say =
                    [&](const std::string& what) {
                        if (!quiet) fmt::print(stderr, "bench: {}\n", what);
                    },
                .device = std::nullopt};
    profile::BenchReport report;
    report.version = SACCADE_VERSION;
    report.date = now_utc();
    report.machine = machine_with_versions();
    report.command = command;
    report.setup = setup_text(settings, clip);
    for (const bench::Suite& suite : *suites) {
        auto rows = suite.run(bench);
        if (!rows) return fail(rows.error());
        report.rows.insert(report.rows.end(), std::make_move_iterator(rows->begin()),
                           std::make_move_iterator(rows->end()));
    }
    return report;
}

int bench_run(const SettingFlags& flags, const BenchFlags& wanted) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const Settings& settings = config->settings;
    std::string clip = wanted.source.empty() ? real_clip() : wanted.source;
    if (clip.empty() || settings.model == "synthetic") clip = "synthetic:frames=300";
    const ReportFiles reports{
        .json = wanted.json_file, .markdown = wanted.markdown, .html = wanted.html};
    if (auto claimed = claim_reports(reports); !claimed) return complain(claimed.error());
    if (auto claimed = claim_inputs(settings, wanted.models, wanted.coco, clip); !claimed) {
        return complain(claimed.error());
    }
    if (!wanted.compare.empty()) {
        if (auto claimed = verb_files().reads(wanted.compare); !claimed) {
            return complain(claimed.error());
        }
    }
    // An old report that can't be read shall be told before minutes of measuring.
    std::optional<profile::BenchReport> old;
    if (!wanted.compare.empty()) {
        auto read = read_report(wanted.compare);
        if (!read) return complain(read.error());
        old = std::move(*read);
    }
    const SignalStop signals;
    const auto report =
        measure(settings, wanted, command_of(flags, wanted), clip, flags.quiet, signals.token());
    if (!report) return complain(report.error());
    std::vector<profile::BenchChange> changes;
    if (old) changes = profile::compare_reports(*old, *report);

    const std::string json = profile::bench_json(*report);
    const auto written = write_reports(reports, json, profile::bench_markdown(*report, changes),
                                       profile::bench_html(*report, changes));
    if (!written) return complain(written.error());
    print(flags.json ? json : profile::bench_text(*report, changes));
    for (const profile::BenchChange& change : changes) {
        if (change.comparison.change == profile::Change::worse) return exit_failed;
    }
    return exit_done;
}

}  // namespace

void add_bench(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand("bench", "measure this machine; suites are listed below");
    auto flags = add_settings(*verb);
    add_calibration(*verb, flags);
    auto wanted = std::make_shared<BenchFlags>();
    std::string list = "Suites (all where none is named):";
    for (const bench::Suite& suite : bench::suites()) {
        list += fmt::format("\n  {:<12} {}", suite.name, suite.summary);
    }
    verb->footer(list);
    verb->add_option("suite", wanted->suites, "which suites to run")->type_name("SUITE...");
    verb->add_option("--source", wanted->source, "video to measure with [one found here]")
        ->type_name("VIDEO");
    verb->add_option("--reps", wanted->repetitions, "repetitions of each measurement [5]")
        ->check(CLI::Range(1, 1000));
    verb->add_option(
            "--frames", wanted->frames,
            "frames a repetition, about, of all streams together; the clip is repeated or cut "
            "short to it [120]")
        ->check(CLI::Range(1, 10000000));
    const auto add_list = [&](const char* flag, auto& values, const char* type, const char* help,
                              const CLI::Validator& valid) {
        verb->add_option(flag, values, help)
            ->type_name(type)
            ->delimiter(',')
            ->allow_extra_args(false)
            ->check(valid);
    };
    add_list("--batches", wanted->batches, "N,...",
             "of the suite detector [1,2,4,8; to 64 on a GPU]", CLI::Range(1, 1024));
    add_list("--counts", wanted->counts, "N,...",
             "streams of the suites streams and, on a GPU, decode [1,2,4; to 16 on a GPU]",
             CLI::Range(1, 1024));
    add_list("--sizes", wanted->sizes, "SIZE,...", "videos of the suite resolutions [1080p,4k,8k]",
             CLI::IsMember({"1080p", "4k", "8k"}));
    add_list("--inputs", wanted->inputs, "N,...",
             "--imgsz of the suite resolutions, px [640,480,320]", CLI::Range(32, 8192));
    add_list("--models", wanted->models, "NAME|FILE,...", "of the suite models [--model]",
             CLI::Validator());
    verb->add_option(
            "--coco", wanted->coco,
            "instances.json of a COCO data set, images/ beside it: mAP in the suite models")
        ->type_name("FILE");
    verb->add_option("--clips", wanted->clips,
                     "keep the clips made for the suite resolutions, to be used again")
        ->type_name("DIR");
    verb->add_option("--json-file", wanted->json_file, "write the result for --compare")
        ->type_name("FILE");
    verb->add_option("--markdown", wanted->markdown, "write tables")->type_name("FILE");
    verb->add_option("--html", wanted->html, "write a report with charts")->type_name("FILE");
    verb->add_option("--compare", wanted->compare,
                     "an older --json-file; exit code 1 where something has become worse")
        ->type_name("FILE");
    verb->require_subcommand(0, 1);
    add_mission(*verb, job);
    verb->callback([=, &job] {
        if (verb->get_subcommands().empty()) job = [=] { return bench_run(*flags, *wanted); };
    });
}

}  // namespace saccade::cli
