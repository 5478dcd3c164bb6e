// The settings as words: one row each gives flag, environment variable, TOML key, help and parsing.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::settings {

/// What else a setting changes than speed: what --resume must know of it.
enum class Effect {
    unsaid,   ///< a row that says nothing: a test finds it
    results,  ///< its value changes what a run writes
    file,     ///< it names a file whose bytes change that, by whatever name
    none,     ///< speed, memory, or where things are: outputs stay the same bytes
};

struct Row {
    std::string key;    ///< in TOML; the variable is SACCADE_KEY, the flag --key with dashes
    std::string flags;  ///< for CLI11: "--conf", "-o,--out"
    std::string value;  ///< what stands for the value in help: "N", "DIR"; "": a switch
    std::string help;
    /// Errors: invalid_argument, naming what is allowed.
    std::function<Result<void>(Settings&, const std::string&)> set;
    std::function<std::string(const Settings&)> get;  ///< reads back what `set` takes
    char separator = '\0';  ///< between the values of a list; such a flag may be given repeatedly
    Effect effect = Effect::unsaid;
};

/// A row for each field of Settings.
const std::vector<Row>& table();

/// All settings that change results by their values, in one text: two of them give the same outputs
/// where their texts are the same, and the files that they name hold the same bytes.
[[nodiscard]] std::string results_text(const Settings& settings);

}  // namespace saccade::settings
