#include "memory/limit.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <string>
#include <utility>

namespace saccade::memory {

Result<Limit> parse_limit(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, double>, 8> units{{
        {"kb", 1e3},
        {"mb", 1e6},
        {"gb", 1e9},
        {"tb", 1e12},
        {"kib", 1024.0},
        {"mib", 1048576.0},
        {"gib", 1073741824.0},
        {"tib", 1099511627776.0},
    }};
    if (text.empty()) return Limit{};
    const auto wrong = fail(ErrorCode::invalid_argument,
                            fmt::format("vram_limit: '{}' is neither a size nor a share", text),
                            "use a size such as 20GB or 512MiB, or a share from 0.01 to 1");
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || !(number > 0)) return wrong;
    std::string unit(end, text.data() + text.size());
    unit.erase(0, unit.find_first_not_of(' '));
    for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (unit.empty() && number >= 0.01 && number <= 1) return Limit{.share = number};
    for (const auto& [name, size] : units) {
        const double bytes = number * size;
        if (unit == name && bytes >= 1e6 && bytes < 1e18) {
            return Limit{.bytes = static_cast<std::size_t>(bytes)};
        }
    }
    return wrong;
}

}  // namespace saccade::memory
