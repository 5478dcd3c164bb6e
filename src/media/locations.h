// What a user's words for sources stand for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "saccade/error.h"

namespace saccade::media {

/// Expands what a user named into locations for open_source, one stream each, in order:
/// - a folder with images is one location (an image sequence), one with videos is each of its
/// videos
///   by name; one with both kinds is an error, as is one with neither;
/// - a pattern with * or ? likewise, over the files that it matches;
/// - a .txt or .list file (UTF-8, with or without a byte-order mark, lines ended in any way) holds one
///   location a line, relative to its own folder; empty lines and what follows a # at a line's start or
///   behind a blank are left out (but a file of that very name is found); it may hold no further list;
/// - "-", URLs, "synthetic:..." and existing files stay as they are.
/// Errors: not_found, unreadable, invalid_argument (mixed kinds, nested list), corrupt (a list that
/// is no text).
Result<std::vector<std::string>> expand_locations(std::span<const std::string> locations);

}  // namespace saccade::media
