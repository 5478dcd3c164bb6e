// Settings from file, environment and command line, merged in this order.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::cli {

/// Settings as given on the command line: key to text.
using GivenFlags = std::map<std::string, std::string>;

struct Config {
    Settings settings;
    std::map<std::string, std::string> origin;  ///< key to where its value came from
    std::filesystem::path file;                 ///< that was read; "": none
};

/// The settings that are not as they are by default, as key and value's text, in the table's order.
std::vector<std::pair<std::string, std::string>> set_values(const Config& config);

/// The environment variable that sets a setting: SACCADE_CONF for conf.
std::string variable_of(const std::string& key);

/// Merges defaults, a TOML file, SACCADE_* variables and flags; the later one wins. `file` is the
/// file of --config and must exist; where it is empty, ./saccade.toml and then
/// $XDG_CONFIG_HOME/saccade/config.toml (~/.config/...) are taken if there.
/// Errors: invalid_argument (unknown key, bad value: file and line or variable named), not_found.
Result<Config> merge_config(const std::filesystem::path& file, const GivenFlags& flags);

/// The merge as a TOML file that reads back to the same, each line with its origin as a comment.
/// Errors: invalid_argument for a value that TOML can't hold.
Result<std::string> print_config(const Config& config);

}  // namespace saccade::cli
