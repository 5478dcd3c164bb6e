// Text as a part of a URL.
#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// RFC 3986, 2.1: all but letters, digits, "-._~" and what `kept` holds as "%XX".
[[nodiscard]] std::string percent_encoded(std::string_view text, std::string_view kept = {});

/// The way back. A "%" that no two hex digits follow stands for itself.
[[nodiscard]] std::string percent_decoded(std::string_view text);

}  // namespace saccade
