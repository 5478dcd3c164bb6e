// What all verbs share: how they are declared, and the flags of settings.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/config.h"
#include "core/file_claims.h"
#include "saccade/error.h"

namespace saccade::cli {

/// A verb's job, run after the command line was parsed. Returns the exit code.
using Job = std::function<int()>;

/// The flags of a verb that reads settings; lives as long as the parser.
struct SettingFlags {
    GivenFlags given;
    std::string config_file;
    std::vector<std::string> calib;  ///< footage to make the model INT8 with
    bool half = false;
    bool print_config = false;
    bool json = false;
    bool quiet = false;
    int verbose = 0;

    /// Settings merged from everywhere, with a model that is here where none was named
    /// (cli/default_model.h), or the one in INT8 that --calib makes of it (cli/calibrated_model.h);
    /// their file is claimed. Errors as merge_config and calibrated_model.
    [[nodiscard]] Result<Config> merged() const;
    /// Sets how much is logged.
    void apply_verbosity() const;
};

/// Adds all settings, --config, --print-config, --json, --quiet and --verbose to `verb`.
std::shared_ptr<SettingFlags> add_settings(CLI::App& verb);

/// Adds --calib to a verb that runs a network.
void add_calibration(CLI::App& verb, const std::shared_ptr<SettingFlags>& flags);

/// What the verb itself reads and writes, beside its runs: of the whole process, to its end.
/// Standard output is claimed by main().
FileClaims& verb_files();

/// Errors: unavailable in a build that records no traces.
Result<void> can_trace();

/// Prints "saccade: error: ..." in one line on standard error and returns the exit code.
int complain(const Error& error);

// The verbs, one file each. Each sets `job` when it was chosen.
void add_track(CLI::App& app, Job& job);
void add_detect(CLI::App& app, Job& job);
void add_demo(CLI::App& app, Job& job);
void add_val(CLI::App& app, Job& job);
void add_eval(CLI::App& app, Job& job);
void add_build(CLI::App& app, Job& job);
void add_quantize(CLI::App& app, Job& job);
void add_check_precision(CLI::App& app, Job& job);
void add_bench(CLI::App& app, Job& job);
void add_profile(CLI::App& app, Job& job);
void add_models(CLI::App& app, Job& job);
void add_recommend(CLI::App& app, Job& job);
void add_doctor(CLI::App& app, Job& job);

}  // namespace saccade::cli
