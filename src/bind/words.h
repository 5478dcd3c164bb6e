// The settings for other languages: what there is by name, and settings from names and texts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/session.h"
#include "saccade/settings.h"

namespace saccade::bind {

/// A row of the settings table, as far as a caller in another language needs it.
struct SettingWord {
    std::string key;
    std::string value;  ///< what stands for the value in help: "N", "auto|N", "a|b"; "": a switch
    std::string help;
    std::string initial;      ///< its text where nobody sets it
    char separator = '\0';    ///< between the values of a list; 0: one value
    bool of_stream = false;   ///< a stream of a session may have its own
    bool changeable = false;  ///< and change it while it runs
};
/// All of the table but what only runs of the command line know (`resume`).
[[nodiscard]] std::vector<SettingWord> setting_words();

/// A setting as it was given: the text that the command line takes, or the values of a list.
struct Given {
    std::string key;
    std::vector<std::string> values;
    bool list = false;
};

/// Defaults (but nothing is saved), then SACCADE_* variables, then what is given; without a model,
/// one that is here is taken, as by the command line. Errors: invalid_argument, naming the setting.
Result<Settings> session_settings(const std::vector<Given>& given);

/// What a stream has of its own. Errors: invalid_argument, also for a setting that is the
/// session's.
Result<StreamSettings> stream_settings(const std::vector<Given>& given);

/// Whether `given` (or a variable) says it; else it has its default.
[[nodiscard]] bool is_given(const std::vector<Given>& given, const std::string& key);

/// As the command line expands what it is given: one stream each.
Result<std::vector<std::string>> locations(const std::vector<std::string>& sources);

/// A source without the user, password and tokens of a URL: what may be shown.
[[nodiscard]] std::string shown_name(const std::string& source);

/// As many as a run of the command line would have at once. Errors: unavailable.
Result<std::size_t> streams_at_once(const Settings& settings, std::size_t streams);

}  // namespace saccade::bind
