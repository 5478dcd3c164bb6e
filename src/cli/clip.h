// A clip to show or measure something with, where the user names none.
#pragma once

#include <string>

namespace saccade::cli {

/// The first real clip on this machine: the test data's, else that of opencv-doc, else "".
[[nodiscard]] std::string real_clip();

}  // namespace saccade::cli
