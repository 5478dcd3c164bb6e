#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "cli/exit_code.h"
#include "cli/layers.h"
#include "cli/machine.h"
#include "cli/progress.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/timed_run.h"
#include "cli/verb.h"
#include "core/atomic_file.h"
#include "core/log.h"
#include "core/mask_secrets.h"
#include "engine/device_list.h"
#include "profile/profile_report.h"
#include "profile/trace_json.h"
#include "saccade/version.h"
#include "trace/trace.h"

namespace saccade::cli {
namespace {

struct ProfileFlags {
    std::vector<std::string> sources;
    std::string trace, html;
    bool layers = false;
};

profile::Profile describe(const RunSummary& run, const std::vector<std::string>& sources) {
    profile::Profile p;
    p.title = sources.size() == 1 ? fmt::format("Profile of {}", mask_url(sources.front()))
                                  : fmt::format("Profile of {} sources", sources.size());
    p.setup = fmt::format("{} at {}x{}, {} on {} ({})", run.model, run.input_width,
                          run.input_height, run.precision, run.device, run.backend);
    p.version = SACCADE_VERSION;
    p.machine = machine_with_versions();
    p.peak_memory = run.peak_memory;
    return p;
}

int profile_run(const SettingFlags& flags, const ProfileFlags& wanted) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    if (wanted.sources.empty()) {
        return complain(
            {ErrorCode::invalid_argument, "no source given",
             "name a video; or see how it goes: `saccade profile synthetic: --model synthetic`"});
    }
    if (auto can = can_trace(); !can) return complain(can.error());
    for (const auto& [file, flag] :
         {std::pair{wanted.trace, "--trace"}, std::pair{wanted.html, "--html"}}) {
        if (file.empty()) continue;
        auto claimed = verb_files().writes(file, fmt::format("name another file with {}", flag));
        if (!claimed) return complain(claimed.error());
    }
    const SignalStop signals;
    const int gpu = engine::first_gpu(config->settings);
    Tracer tracer;
    std::optional<profile::Sampler> sampler;
    std::optional<ProgressLine> line;
    RunHooks hooks;
    hooks.stop = signals.token();
    hooks.on_loaded = [&](const RunSummary&) {
        line.emplace(ProgressLine::style_for(flags.quiet));
        tracer.restart();
        sampler.emplace(gpu);
    };
    hooks.on_progress = [&](const ProgressView& view) { line->update(view); };
    const auto run = timed_run(Mode::track, config->settings, wanted.sources, hooks, &tracer);
    line.reset();
    if (!run) return complain(run.error());
    for (const StreamSummary& stream : run->streams) {
        if (stream.error) log::error("{}", stream.error->line());
    }
    if (!sampler) return exit_code(*run);  // no stream could be opened
    const profile::Samples samples = sampler->finish();

    profile::Profile p = describe(*run, wanted.sources);
    p.measurement = profile::measure(tracer, samples,
                                     {.streams = run->streams_at_once,
                                      .queue = run->queue_capacity,
                                      .batch = run->batch,
                                      .slots = run->slots,
                                      .cores = p.machine.cores},
                                     run->seconds);
    p.verdict = profile::judge(p.measurement);
    if (wanted.layers) {
        auto layers = measure_layers(config->settings);
        if (!layers) return complain(layers.error());
        p.layers = std::move(*layers);
    }
    if (p.measurement.events_dropped > 0) {
        log::warning("{} events did not fit: only the first part of the run is shown",
                     p.measurement.events_dropped);
    }
    if (!wanted.trace.empty()) {
        if (auto written = profile::write_trace(wanted.trace, tracer, samples.series); !written) {
            return complain(written.error());
        }
    }
    if (!wanted.html.empty()) {
        const auto written = write_whole(wanted.html, profile::profile_html(p),
                                         {.way_out = "name another file with --html"});
        if (!written) return complain(written.error());
    }
    const std::string text = flags.json ? profile::profile_json(p) : profile::profile_text(p);
    if (flags.json || !flags.quiet) print(text);
    return exit_code(*run);
}

}  // namespace

void add_profile(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand(
        "profile", "track, and say where the time goes and what holds the run back");
    auto flags = add_settings(*verb);
    add_calibration(*verb, flags);
    auto wanted = std::make_shared<ProfileFlags>();
    verb->add_option("source", wanted->sources, "as for track")->type_name("SOURCE...");
    verb->add_option("--trace", wanted->trace, "write a trace for ui.perfetto.dev")
        ->type_name("FILE");
    verb->add_option("--html", wanted->html, "write a report with charts")->type_name("FILE");
    verb->add_flag("--layers", wanted->layers, "also time the network's layers");
    verb->callback([=, &job] { job = [=] { return profile_run(*flags, *wanted); }; });
}

}  // namespace saccade::cli
