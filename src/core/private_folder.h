// Folders that nobody but the user can write to.
#pragma once

#include <filesystem>

#include "saccade/error.h"

namespace saccade {

/// Makes the folder for its owner alone (0700), folders on the way as usual. One that is there is
/// left to its owner alone where it is ours; on a disk that can't be written it may stay readable
/// to others. Errors: unwritable; unsupported where it belongs to another user, is a link or no
/// folder, or others may write to it: then what is in it is not ours to trust.
Result<void> make_private_folder(const std::filesystem::path& folder);

}  // namespace saccade
