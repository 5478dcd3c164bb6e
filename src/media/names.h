// Names of files and URLs: their kinds, their order, and patterns over them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"

namespace saccade::media {

/// "rtsp" of "rtsp://host/path", "" of a local path.
std::string url_scheme(const std::string& location);

/// By extension, whatever its case.
bool is_image_name(std::string_view name);
bool is_video_name(std::string_view name);

/// Has a * or ?.
bool is_pattern(std::string_view path);

/// Runs of digits compare by value, all else by byte: "2.png" < "10.png". A strict weak order.
bool natural_less(std::string_view a, std::string_view b);

/// `*` stands for any characters, `?` for one; none of them for a '/'. Time O(pattern * name).
bool matches(std::string_view pattern, std::string_view name);

/// Names (with the folder in front) of the plain files in `folder`, hidden ones left out, in
/// natural order. Errors: not_found, unreadable.
Result<std::vector<std::string>> list_folder(const std::string& folder);

/// Existing files that match `pattern`, in natural order; patterns may stand in folder names too. A part
/// that is `**` stands for any number of folders, none included, as in Python's recursive glob: files of a
/// folder come before those of the folders in it, hidden folders are left out, a folder that links lead to
/// again is read once. Errors: not_found (none), unreadable, unsupported (too many folders under a `**`).
Result<std::vector<std::string>> match_files(const std::string& pattern);

}  // namespace saccade::media
