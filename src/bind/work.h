// What work over many machines needs to know of the engine: which settings are in force, what
// makes two results the same, and how outputs are called.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bind/words.h"
#include "saccade/engine.h"
#include "saccade/error.h"

namespace saccade::bind {

/// Every setting that is not at its default, by key and text: given, of SACCADE_* variables, or the
/// model that was chosen. Two processes with the same say the same, whatever their environments.
/// Errors: those of session_settings.
Result<std::vector<std::pair<std::string, std::string>>> settings_in_force(
    const std::vector<Given>& given);

/// SHA-256, hex, over all but the source that results depend on: the engine's version, the mode,
/// settings that change results, the bytes of the networks and of the ground file. As --resume has
/// it. Reads the models. Errors: those of session_settings and of opening a session.
Result<std::string> work_digest(Mode mode, const std::vector<Given>& given);

/// A name for each source's outputs, without folder and ending, all different; as a run of the
/// command line over these sources has them.
[[nodiscard]] std::vector<std::string> output_names(const std::vector<std::string>& sources);

/// By its name's ending.
[[nodiscard]] bool is_video_name(const std::string& name);

/// A message of another library's, with what is secret in it masked: users, passwords, tokens.
[[nodiscard]] std::string shown_text(const std::string& text);

/// The flag or flags of each setting, as "-m,--model", and whether it takes a value.
struct SettingFlag {
    std::string key, flags;
    bool takes_value = true;
};
[[nodiscard]] std::vector<SettingFlag> setting_flags();

}  // namespace saccade::bind
