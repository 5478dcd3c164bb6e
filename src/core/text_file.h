// A whole text file in memory.
#pragma once

#include <filesystem>
#include <string>

#include "saccade/error.h"

namespace saccade {

/// Errors: not_found, unreadable (also a folder), with the path in the message.
Result<std::string> read_text_file(const std::filesystem::path& path);

/// As read_text_file, for what people and their programs write (lists, tables, JSON): UTF-8 without the
/// byte-order mark that some put in front, lines that end in '\n' alone. Errors also: unsupported for
/// UTF-16 and UTF-32, which are told by their mark or by their zeros.
Result<std::string> read_written_text(const std::filesystem::path& path);

}  // namespace saccade
