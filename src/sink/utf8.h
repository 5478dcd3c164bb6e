// UTF-8 to code points.
#pragma once

#include <string_view>

namespace saccade::sink {

/// Takes one code point off the front of `text`, which must not be empty. A byte that begins no
/// well-formed sequence (RFC 3629) is taken alone and gives U+FFFD.
[[nodiscard]] char32_t take_code_point(std::string_view& text) noexcept;

}  // namespace saccade::sink
