// The list of images that a stream could not read, for runs over thousands of them.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "saccade/bad_image.h"
#include "saccade/error.h"

namespace saccade::engine {

inline constexpr std::string_view bad_images_suffix = ".unread.csv";

/// OUT/STEM.unread.csv, "path,reason,left_out" and a line each (RFC 4180): written where there are
/// such images, else removed where an earlier run left one. Returns its path, "" where there is
/// none now. Errors: unwritable.
Result<std::string> list_bad_images(const std::filesystem::path& folder, const std::string& stem,
                                    std::span<const BadImage> images);

}  // namespace saccade::engine
