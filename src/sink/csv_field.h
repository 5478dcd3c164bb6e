// Fields of CSV files (RFC 4180).
#pragma once

#include <string>
#include <string_view>

#include "saccade/types.h"

namespace saccade::sink {

/// `field` as it is, or quoted where it has a comma, a quote or a line break.
[[nodiscard]] std::string csv_field(std::string_view field);

/// `field` in quotes, whatever it holds.
[[nodiscard]] std::string csv_quoted(std::string_view field);

/// Seconds with all nine digits of the nanoseconds.
[[nodiscard]] std::string exact_seconds(Timestamp time);

}  // namespace saccade::sink
