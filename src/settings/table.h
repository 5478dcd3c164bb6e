// The settings as words: one row each gives flag, environment variable, TOML key, help and parsing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::settings {

struct Row {
    std::string key;    ///< in TOML; the variable is SACCADE_KEY, the flag --key with dashes
    std::string flags;  ///< for CLI11: "--conf", "-o,--out"
    std::string value;  ///< what stands for the value in help: "N", "DIR"; "": a switch
    std::string help;
    /// Errors: invalid_argument, naming what is allowed.
    std::function<Result<void>(Settings&, const std::string&)> set;
    std::function<std::string(const Settings&)> get;  ///< reads back what `set` takes
    char separator = '\0';  ///< between the values of a list; such a flag may be given repeatedly
};

const std::vector<Row>& table();

}  // namespace saccade::settings
