// The words that settings may be, for the table and for the code that reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"

namespace saccade::settings {

inline constexpr std::string_view automatic_word = "auto";

/// "auto" and the name of each precision.
[[nodiscard]] std::vector<std::string> precision_words();
/// The names of the families of models.
[[nodiscard]] std::vector<std::string> family_words();
/// The names of the trackers, the default first.
[[nodiscard]] std::vector<std::string> tracker_words();
/// The names of those that make use of a ReID network.
[[nodiscard]] std::vector<std::string> appearance_words();
/// The names of the formats that --save takes.
[[nodiscard]] std::vector<std::string> format_words();
[[nodiscard]] std::vector<std::string> camera_motion_words();
/// How what --redact names is covered.
[[nodiscard]] std::vector<std::string> redact_style_words();

/// That `given` is no value of the setting `key`: invalid_argument, with the words that are.
[[nodiscard]] tl::unexpected<Error> unknown_word(std::string_view key, std::string_view given,
                                                 const std::vector<std::string>& words);

}  // namespace saccade::settings
