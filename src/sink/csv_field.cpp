#include "sink/csv_field.h"

#include <fmt/format.h>

#include <cstdint>

namespace saccade::sink {

std::string csv_field(std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(field);
    return csv_quoted(field);
}

std::string csv_quoted(std::string_view field) {
    std::string text = "\"";
    for (const char c : field) {
        if (c == '"') text += '"';
        text += c;
    }
    return text + '"';
}

std::string exact_seconds(Timestamp time) {
    const auto ns = time.count();
    const auto magnitude =
        ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
    return fmt::format("{}{}.{:09}", ns < 0 ? "-" : "", magnitude / 1'000'000'000,
                       magnitude % 1'000'000'000);
}

}  // namespace saccade::sink
