// Keeps what opens a door out of everything that is told.
#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// `text` with the secrets of each URL in it ("scheme://...") replaced by ***: user and password in
/// front of an @, and values whose names speak of one ("token=", "key=", "sig=", "password=", "user="
/// ...), in the query, the fragment or, as some cameras have them, the path. A URL ends at white space
/// or a quote. Text without a URL is unchanged.
///
/// To be used wherever a location becomes text: names of streams, messages, logs, files.
[[nodiscard]] std::string mask_secrets(std::string_view text);

/// Likewise for a text that is one URL as a whole, whatever stands in it (blanks in a password, say);
/// unchanged where it is none.
[[nodiscard]] std::string mask_url(std::string_view location);

}  // namespace saccade
