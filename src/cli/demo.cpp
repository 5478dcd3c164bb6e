#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "cli/clip.h"
#include "cli/run_verb.h"
#include "cli/verb.h"
#include "core/log.h"
#include "engine/model_store.h"

namespace saccade::cli {
namespace {

int demo(const SettingFlags& flags) {
    flags.apply_verbosity();
    auto config = flags.merged();
    if (!config) return complain(config.error());
    Settings settings = config->settings;
    if (config->origin.at("save") == "default") settings.save = {"mot", "jsonl", "video"};
    std::string clip = real_clip();
    const auto model = engine::find_model(settings);
    if (!model && config->origin.at("model") != "default") return complain(model.error());

    // A real network on the synthetic scene, or the synthetic one on a real clip, shows nothing.
    std::string why;
    if (!model)
        why = model.error().line();
    else if (settings.model == "synthetic")
        why = "asked for by --model";
    else if (clip.empty())
        why = "no clip here; install opencv-doc for a real one";
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
        "demo", "track a clip found on this machine, or the built-in synthetic scene");
    auto flags = add_settings(*verb);
    verb->callback([=, &job] { job = [=] { return demo(*flags); }; });
}

}  // namespace saccade::cli
