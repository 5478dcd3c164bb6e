#include <fmt/format.h>

#include <memory>

#include "cli/auto.h"
#include "cli/exit_code.h"
#include "cli/on_ray.h"
#include "cli/results.h"
#include "cli/run_verb.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "core/mask_secrets.h"

namespace saccade::cli {
namespace {

void add_run(CLI::App& app, Job& job, Mode mode, const char* name, const char* summary) {
    CLI::App* verb = app.add_subcommand(name, summary);
    auto sources = std::make_shared<std::vector<std::string>>();
    auto flags = add_settings(*verb);
    add_calibration(*verb, flags);
    auto trace = std::make_shared<std::string>();
    verb->add_option("--trace", *trace, "record the run for ui.perfetto.dev")->type_name("FILE");
    auto automatic = std::make_shared<bool>(false);
    verb->add_flag(
        "--auto", *automatic,
        "try the beginning of the sources first, for the fastest batch, streams and threads");
    auto ray = std::make_shared<std::string>();
    CLI::Option* on_ray = verb->add_flag(
        "--ray{}", *ray,
        "spread the sources over a Ray cluster, --ray=ADDRESS, or over this machine; results as "
        "Parquet");
    verb->add_option("source", *sources,
                     "video, image, folder, pattern, list (.txt), '-' or 'synthetic:'")
        ->type_name("SOURCE...");
    verb->callback([=, &job] {
        job = [=] {
            flags->apply_verbosity();
            const auto config = flags->merged();
            if (!config) return complain(config.error());
            if (flags->print_config) {
                const auto text = print_config(*config);
                if (!text) return complain(text.error());
                print(mask_secrets(*text));
                return static_cast<int>(exit_done);
            }
            if (sources->empty()) {
                return complain({ErrorCode::invalid_argument, "no source given",
                                 "name a video; or see how it goes: `saccade demo`"});
            }
            if (on_ray->count() > 0) {
                if (*automatic || !trace->empty()) {
                    return complain({ErrorCode::invalid_argument,
                                     fmt::format("{} does not go with --ray",
                                                 *automatic ? "--auto" : "--trace"),
                                     "leave it out"});
                }
                return run_on_ray(mode, *config, *sources,
                                  {.address = *ray, .json = flags->json, .quiet = flags->quiet});
            }
            Settings settings = config->settings;
            if (*automatic) {
                const SignalStop signals;
                auto tuned = auto_settings(mode, *config, *sources, signals.token());
                if (!tuned) return complain(tuned.error());
                settings = std::move(tuned->settings);
            }
            return run_and_show(mode, settings, *sources,
                                {.json = flags->json, .quiet = flags->quiet, .trace = *trace});
        };
    });
}

}  // namespace

void add_track(CLI::App& app, Job& job) {
    add_run(app, job, Mode::track, "track", "find objects and follow them over time");
}

void add_detect(CLI::App& app, Job& job) {
    add_run(app, job, Mode::detect, "detect", "find objects in each frame for itself");
}

}  // namespace saccade::cli
