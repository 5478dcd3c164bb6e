// Files that are read back only as this program wrote them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "saccade/error.h"

namespace saccade {

/// The file's bytes: a header with digests (SHA-256) of the key, which is any text, and the
/// content, then the content.
std::string sealed(const std::string& key, std::string_view content);

/// Puts a sealed file in place, whole or not at all, for its owner alone (0600). Errors:
/// unwritable.
Result<void> write_sealed(const std::filesystem::path& path, const std::string& key,
                          std::string_view content);

/// The content of a sealed file, once its owner, mode, key, length and digest were found right.
/// Errors: not_found; unreadable; corrupt (header, digest or size); unsupported (of another key, a
/// link, no file, another owner, writable by others).
Result<std::string> read_sealed(const std::filesystem::path& path, const std::string& key);

}  // namespace saccade
