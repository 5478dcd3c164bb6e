// Bytes as text, for pictures in pages and passwords in headers.
#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// RFC 4648, section 4: with padding, without line breaks.
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace saccade
