#include "cli/verb.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include "cli/calibrated_model.h"
#include "cli/default_model.h"
#include "cli/exit_code.h"
#include "core/log.h"
#include "settings/table.h"
#include "trace/trace.h"

namespace saccade::cli {

Result<Config> SettingFlags::merged() const {
    GivenFlags flags = given;
    if (half) flags["precision"] = "fp16";
    auto config = merge_config(config_file, flags);
    if (!config) return config;
    choose_default_model(*config);
    if (!config->file.empty()) {
        if (auto claimed = verb_files().reads(config->file); !claimed) return fail(claimed.error());
    }
    if (calib.empty()) return config;
    const auto model = calibrated_model(config->settings, calib, quiet);
    if (!model) return fail(model.error());
    config->settings.model = model->string();
    config->origin["model"] = "made by --calib";
    return config;
}

void SettingFlags::apply_verbosity() const {
    if (quiet) log::set_level(log::Level::error);
    if (verbose == 1) log::set_level(log::Level::info);
    if (verbose > 1) log::set_level(log::Level::debug);
}

std::shared_ptr<SettingFlags> add_settings(CLI::App& verb) {
    auto flags = std::make_shared<SettingFlags>();
    for (const settings::Row& row : settings::table()) {
        if (row.value.empty()) {
            verb.add_flag_callback(
                row.flags, [flags, &row] { flags->given[row.key] = "true"; }, row.help);
            continue;
        }
        const Settings defaults;
        std::string help = row.help;
        if (const std::string value = row.get(defaults); !value.empty()) {
            help += fmt::format(" [{}]", value);
        }
        // A list may be given in one word or by repeating the flag; else the last one counts.
        verb.add_option_function<std::vector<std::string>>(
                row.flags,
                [flags, &row](const std::vector<std::string>& texts) {
                    flags->given[row.key] =
                        row.separator == '\0'
                            ? texts.back()
                            : fmt::format("{}",
                                          fmt::join(texts, std::string_view(&row.separator, 1)));
                },
                help)
            ->allow_extra_args(false)
            ->type_name(row.value);
    }
    verb.add_flag("--half", flags->half, "short for --precision fp16");
    verb.add_option("--config", flags->config_file,
                    "settings as TOML [./saccade.toml, ~/.config/saccade/config.toml]")
        ->type_name("FILE");
    verb.add_flag("--print-config", flags->print_config,
                  "print the merged settings and where each came from");
    verb.add_flag("--json", flags->json, "print the result as JSON");
    verb.add_flag("-q,--quiet", flags->quiet, "no progress, errors only");
    verb.add_flag("-v,--verbose", flags->verbose, "say more; twice: everything");
    return flags;
}

void add_calibration(CLI::App& verb, const std::shared_ptr<SettingFlags>& flags) {
    verb.add_option("--calib", flags->calib,
                    "with --precision int8: footage like that to come (folder, video, list); the "
                    "model is made INT8 with it, once, and refused where that loses too much")
        ->allow_extra_args(false)
        ->type_name("SOURCE");
}

FileClaims& verb_files() {
    static FileClaims files;
    return files;
}

Result<void> can_trace() {
    if constexpr (tracing) return {};
    return fail(ErrorCode::unavailable, "this build records no traces",
                "build one with -DSACCADE_TRACING=ON");
}

int complain(const Error& error) {
    log::error("{}", error.line());
    return exit_code(error);
}

}  // namespace saccade::cli
