// An entry of the journal as a line of text that tells whether it is whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/journal.h"

namespace saccade::engine {

/// {"entry":{...},"sum":"..."} and a line break; `sum` is the beginning of the SHA-256 of the
/// entry's text. Names are kept byte for byte: JSON has no place for what isn't UTF-8, so such a
/// byte is written as U+0000, which no name can hold, and its two hexadecimal digits.
[[nodiscard]] std::string journal_line(const JournalEntry& entry);

/// Nothing where the line is torn, damaged or of another version of this program.
[[nodiscard]] std::optional<JournalEntry> parse_journal_line(std::string_view line);

}  // namespace saccade::engine
