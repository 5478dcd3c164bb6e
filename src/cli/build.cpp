#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/verb.h"
#include "engine/model_store.h"
#include "engine/setup.h"
#include "infer/registry.h"
#include "model/quantize/int8_plan.h"
#include "settings/network_choices.h"

namespace saccade::cli {
namespace {

/// 86 for "sm_86" or "8.6"; 0 for "", this machine's GPU.
Result<int> capability_of(const std::string& target) {
    if (target.empty()) return 0;
    std::string digits = target.starts_with("sm_") ? target.substr(3) : target;
    if (const auto dot = digits.find('.'); dot != std::string::npos) digits.erase(dot, 1);
    int capability = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), capability);
    if (error == std::errc{} && end == digits.data() + digits.size() && capability >= 50 &&
        capability < 1000) {
        return capability;
    }
    return fail(
        ErrorCode::invalid_argument, fmt::format("target: '{}' is no GPU", target),
        "name a compute capability: sm_86 for the RTX 30 series, sm_89 for the RTX 40 series");
}

/// The precision of an engine; none asked for: that of the network, INT8 or FP16.
Result<infer::Precision> precision_of(const settings::NetworkChoices& choices, bool int8) {
    using infer::Precision;
    const Precision precision =
        choices.precision.value_or(int8 ? Precision::int8 : Precision::fp16);
    if (precision != Precision::bf16) return precision;
    return fail(ErrorCode::invalid_argument, "precision: no engine is built in 'bf16'",
                "use fp16, mixed, int8 or fp32");
}

Result<infer::EngineBuild> build_of(const Settings& settings,
                                    const settings::NetworkChoices& choices,
                                    const model::Network& network, const model::ModelSpec& spec,
                                    const std::string& target) {
    infer::EngineBuild build;
    const auto capability = capability_of(target);
    if (!capability) return fail(capability.error());
    build.capability = *capability;
    const auto precision =
        precision_of(choices, network.graph.metadata().contains(model::int8_key));
    if (!precision) return fail(precision.error());
    build.precision = *precision;
    if (settings.batch > 0) build.max_batch = settings.batch;
    build.height = settings.image_size > 0 ? settings.image_size : spec.height;
    build.width = settings.image_size > 0 ? settings.image_size : spec.width;
    if (choices.device.kind == infer::DeviceChoice::Kind::named) {
        build.device = choices.device.named.front();
    }
    build.cache_dir = (engine::cache_dir(settings) / "compiled").string();
    return build;
}

void print_built(const infer::BuiltEngine& built, const std::string& model, bool json) {
    if (json) {
        print_formatted("{}\n", nlohmann::json{{"schema", "saccade.build/1"},
                                               {"model", model},
                                               {"backend", built.backend},
                                               {"plan", built.path.string()},
                                               {"bytes", built.bytes},
                                               {"max_batch", built.max_batch},
                                               {"was_there", built.was_there},
                                               {"seconds", built.seconds}}
                                    .dump(2));
        return;
    }
    print_formatted("{}: {} by {}, batches up to {}, {:.1f} MB, {}\n{}\n", model,
                    built.was_there ? "was there, built" : "built", built.backend, built.max_batch,
                    static_cast<double>(built.bytes) / 1e6, fmt::format("{:.1f} s", built.seconds),
                    built.path.string());
}

int run(const SettingFlags& flags, const std::string& target) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const Settings& settings = config->settings;
    const auto file = engine::find_model(settings);
    if (!file) return complain(file.error());
    if (auto claimed = verb_files().reads(*file); !claimed) return complain(claimed.error());
    const auto model = engine::prepare_model(settings);
    if (!model) return complain(model.error());
    const auto network =
        model->network(model::HeadForm::whole);  // as make_backend gets it on a GPU
    if (!network) return complain(network.error());
    const auto choices = settings::network_choices(settings);
    if (!choices) return complain(choices.error());
    auto build = build_of(settings, *choices, *network, model->spec(), target);
    if (!build) return complain(build.error());

    const SignalStop signals;
    build->stop = signals.token();
    if (!flags.quiet && !flags.json) {
        build->progress = [](const std::string& phase, int step, int steps) {
            fmt::print(stderr, "{} {}/{}\n", phase, step, steps);
        };
    }
    const auto built = infer::build_engine(*network, *build);
    if (!built) return complain(built.error());
    print_built(*built, model->name(), flags.json);
    return exit_done;
}

}  // namespace

void add_build(CLI::App& app, Job& job) {
    CLI::App* verb =
        app.add_subcommand("build", "build a model's engine for a GPU ahead of its first use");
    auto flags = add_settings(*verb);
    add_calibration(*verb, flags);
    auto target = std::make_shared<std::string>();
    verb->add_option(
            "--target", *target,
            "compute capability to build for without that GPU, such as sm_86; default: this "
            "machine's GPU")
        ->type_name("SM");
    verb->callback([=, &job] { job = [=] { return run(*flags, *target); }; });
}

}  // namespace saccade::cli
