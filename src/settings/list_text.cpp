#include "settings/list_text.h"

#include <algorithm>
#include <utility>

namespace saccade::settings {
namespace {

/// Behind the closing quote of the one at `at`, the value between them in `value`; npos without
/// one.
std::size_t take_quoted(const std::string& text, std::size_t at, std::string& value) {
    for (++at; at < text.size(); ++at) {
        if (text[at] != '"') {
            value += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
            value += text[at++];
        } else {
            return at + 1;
        }
    }
    return std::string::npos;
}

}  // namespace

Result<std::vector<std::string>> split_list(const std::string& text, char separator) {
    std::vector<std::string> values;
    for (std::size_t at = 0; at <= text.size();) {
        at = std::min(text.find_first_not_of(' ', at), text.size());
        std::string value;
        std::size_t end = at;
        if (at < text.size() && text[at] == '"') {
            end = take_quoted(text, at, value);
            if (end != std::string::npos)
                end = std::min(text.find_first_not_of(' ', end), text.size());
            if (end == std::string::npos || (end < text.size() && text[end] != separator)) {
                return fail(ErrorCode::invalid_argument,
                            "the quoted value in '" + text + "' does not end where its quote does",
                            "write \"a, b\" for a value with a separator in it, and double the "
                            "quotes in it");
            }
            values.push_back(std::move(value));
        } else {
            end = std::min(text.find(separator, at), text.size());
            value = text.substr(at, end - at);
            value.erase(value.find_last_not_of(' ') + 1);
            if (!value.empty()) values.push_back(std::move(value));
        }
        at = end + 1;
    }
    return values;
}

std::string join_list(std::span<const std::string> values, char separator) {
    std::string text;
    for (const std::string& value : values) {
        if (!text.empty()) text += separator;
        const bool plain = value.find(separator) == std::string::npos && !value.starts_with('"') &&
                           !value.starts_with(' ') && !value.ends_with(' ');
        if (plain) {
            text += value;
            continue;
        }
        text += '"';
        for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
        text += '"';
    }
    return text;
}

}  // namespace saccade::settings
