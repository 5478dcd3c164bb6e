// What TOML asks of its text, where toml++ does not see to it.
#pragma once

#include <string>
#include <string_view>

#include "saccade/error.h"

namespace saccade::cli {

/// `value` as a basic string with its quotes, which reads back to the same bytes.
/// Errors: invalid_argument for what is not UTF-8: TOML can't hold it. `key` is named.
Result<std::string> toml_string(std::string_view value, std::string_view key);

/// `text` fit for a comment: what TOML does not allow there is a question mark.
std::string toml_comment(std::string_view text);

/// toml++ follows nested keys by recursion, which a header of many dots takes beyond the stack's
/// end. Errors: invalid_argument for a line with over a thousand dots outside quotes; `file` is
/// named.
Result<void> check_nesting(std::string_view text, std::string_view file);

}  // namespace saccade::cli
