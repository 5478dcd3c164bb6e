#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "cli/clip.h"
#include "cli/fetch_model.h"
#include "cli/run_verb.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "core/log.h"
#include "engine/model_store.h"

namespace saccade::cli {
namespace {

/// The smallest model of the catalogue, which is fetched where it is not here yet: a demo of the
/// generated network would show little. Errors: what stood in the way.
Result<std::filesystem::path> fetched_model(const SettingFlags& flags) {
    const catalogue::Model& model = catalogue::first_model();
    if (!flags.quiet) fmt::print(stderr, "No model is here. The demo fetches one, once: ");
    const SignalStop signals;
    auto got = fetch_model(model, {}, flags.quiet, signals.token());
    if (got) return got->path;
    got.error().message = "no model is here, and " + got.error().message;
    return fail(got.error());
}

int demo(const SettingFlags& flags) {
    flags.apply_verbosity();
    auto config = flags.merged();
    if (!config) return complain(config.error());
    Settings settings = config->settings;
    if (config->origin.at("save") == "default") settings.save = {"mot", "jsonl", "video"};
    std::string clip = real_clip();
    auto model = engine::find_model(settings);
    if (!model && config->origin.at("model") != "default") return complain(model.error());
    if (!model && !clip.empty()) {
        const auto fetched = fetched_model(flags);
        if (!fetched && fetched.error().code == ErrorCode::interrupted) {
            return complain(fetched.error());
        }
        if (fetched) settings.model = fetched->string();
        model = fetched;
    }

    // A real network on the synthetic scene, or the synthetic one on a real clip, shows nothing.
    std::string why;
    if (!model)
        why = model.error().line();
    else if (settings.model == "synthetic")
        why = "asked for by --model";
    else if (clip.empty())
        why = "no clip is here; `sudo apt-get install opencv-doc` brings a real one";
    if (why.empty()) {
        fmt::print(stderr, "Demo with the REAL model {} on the real clip {}.\n",
                   model->filename().string(), clip);
    } else {
        fmt::print(stderr,
                   "Demo on the SYNTHETIC scene with the generated detector: {}.\n"
                   "It shows the whole way, but says nothing of real accuracy or speed.\n",
                   why);
        settings.model = "synthetic";
        clip = "synthetic:";
    }
    return run_and_show(Mode::track, settings, {clip}, {.json = flags.json, .quiet = flags.quiet});
}

}  // namespace

void add_demo(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand(
        "demo",
        "track a clip found on this machine (a model is fetched where there is none), or the "
        "built-in synthetic scene");
    auto flags = add_settings(*verb);
    verb->callback([=, &job] { job = [=] { return demo(*flags); }; });
}

}  // namespace saccade::cli
