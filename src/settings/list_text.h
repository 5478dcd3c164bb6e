// Lists in one word, as flags, variables and configuration give them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "saccade/error.h"

namespace saccade::settings {

/// The values of "a,b", blanks around them and empty ones left out. One that has a separator in it
/// stands in double quotes, and a quote in that is doubled, as in CSV: "traffic light, red".
/// Errors: invalid_argument for a quote without its end.
Result<std::vector<std::string>> split_list(const std::string& text, char separator);

/// The word that split_list takes apart into these values.
[[nodiscard]] std::string join_list(std::span<const std::string> values, char separator);

}  // namespace saccade::settings
