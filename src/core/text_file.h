// A whole text file in memory.
#pragma once

#include <filesystem>
#include <string>

#include "saccade/error.h"

namespace saccade {

/// Errors: not_found, unreadable (also a folder), with the path in the message.
Result<std::string> read_text_file(const std::filesystem::path& path);

}  // namespace saccade
