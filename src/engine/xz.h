// Unpacks .xz files with liblzma.
#pragma once

#include <cstddef>
#include <filesystem>

#include "saccade/error.h"

namespace saccade::engine {

/// Unpacks `from` into `to`, which appears only when whole. More than `limit` bytes of output are
/// refused, so that a small hostile file can't fill the disk.
/// Errors: not_found, unreadable, corrupt, unsupported (over the limit), unwritable.
Result<void> unpack_xz(const std::filesystem::path& from, const std::filesystem::path& to,
                       std::size_t limit);

}  // namespace saccade::engine
