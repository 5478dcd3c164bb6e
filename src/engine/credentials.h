// Users and passwords of cameras, from a file or the environment.
#pragma once

#include <string>

#include "saccade/error.h"

namespace saccade::engine {

/// "user:password", percent-encoded for a URL, for a location whose URL has none; "" where there is
/// none. From `file` (Settings::credentials; "": none), else from the environment variable
/// SACCADE_CAMERA_LOGIN ("user:password", for every camera).
///
/// A line of the file is "HOST USER PASSWORD"; HOST may have a port, or be * for any; the password
/// goes to the line's end, blanks within it included. Empty lines, and those that begin with #, are
/// left out; of several lines the first that fits is taken. Errors, which never hold a secret:
/// those of read_text_file; invalid_argument, naming the line.
[[nodiscard]] Result<std::string> camera_login(const std::string& location,
                                               const std::string& file);

}  // namespace saccade::engine
