#include "cli/toml_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/elide.h"
#include "sink/utf8.h"

namespace saccade::cli {
namespace {

constexpr int most_dots = 1000;

/// Takes one character off the front; "" for a byte that is no UTF-8.
std::string_view take_character(std::string_view& text) {
    const std::string_view before = text;
    const char32_t code = sink::take_code_point(text);
    const std::string_view taken = before.substr(0, before.size() - text.size());
    return code == 0xFFFD && taken.size() == 1 ? std::string_view() : taken;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

int dots_outside_quotes(std::string_view line) {
    int dots = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote == '"' && c == '\\') {
            ++i;
        } else if (quote != '\0') {
            if (c == quote) quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '.') {
            ++dots;
        }
    }
    return dots;
}

}  // namespace

std::string toml_comment(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::string_view character = take_character(text);
        out += character.empty() || is_control(character[0]) ? std::string_view("?") : character;
    }
    return out;
}

Result<std::string> toml_string(std::string_view value, std::string_view key) {
    std::string quoted = "\"";
    for (std::string_view left = value; !left.empty();) {
        const std::string_view character = take_character(left);
        if (character.empty()) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: '{}' is not UTF-8, which a TOML file can't hold", key,
                                    elided(toml_comment(value))),
                        fmt::format("rename it, or keep {} out of files: a flag takes it", key));
        }
        if (character[0] == '"' || character[0] == '\\') {
            quoted += '\\';
            quoted += character;
        } else if (is_control(character[0])) {
            quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(character[0]));
        } else {
            quoted += character;
        }
    }
    return quoted + '"';
}

Result<void> check_nesting(std::string_view text, std::string_view file) {
    int number = 1;
    for (std::size_t at = 0; at < text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (dots_outside_quotes(text.substr(at, end - at)) > most_dots) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}:{}: over {} dots in a line", file, number, most_dots),
                        "settings are keys without dots, values stand in quotes");
        }
        at = end + 1;
    }
    return {};
}

}  // namespace saccade::cli
