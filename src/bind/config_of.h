// Settings from words with where each came from: of this room alone.
#pragma once

#include <vector>

#include "bind/words.h"
#include "cli/config.h"
#include "saccade/error.h"

namespace saccade::bind {

/// As session_settings, with the origin of each: "default", a variable's name, "given", or what
/// cli::choose_default_model says.
Result<cli::Config> config_of(const std::vector<Given>& given);

}  // namespace saccade::bind
