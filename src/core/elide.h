// Words of the user's that are too long for a message.
#pragma once

#include <string>
#include <string_view>

namespace saccade {

/// The beginning and end of `text` with "[...]" between them, `most` bytes in all; shorter text as
/// it is. UTF-8 is not cut within a character.
[[nodiscard]] std::string elided(std::string_view text, std::size_t most = 100);

}  // namespace saccade
