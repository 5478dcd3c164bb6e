// Text as a JSON string.
#pragma once

#include <string>

namespace saccade::sink {

/// With its quotes. File names need not be UTF-8, JSON must be: other bytes become U+FFFD.
std::string json_string(const std::string& text);

}  // namespace saccade::sink
