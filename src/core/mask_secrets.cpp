#include "core/mask_secrets.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace saccade {
namespace {

constexpr std::string_view mask = "***";

// In small letters; a name that holds one of them anywhere has a value that is never shown.
constexpr std::array<std::string_view, 14> telling = {"token", "key",    "sig",     "pass", "pwd",
                                                      "pw",    "secret", "auth",    "cred", "usr",
                                                      "user",  "login",  "session", "hash"};

bool is_alphanumeric(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool is_secret(std::string_view name) {
    std::string small(name);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(telling.begin(), telling.end(), [&](std::string_view word) {
        return small.find(word) != std::string::npos;
    });
}

/// Where the host of "user:password@host/path" begins: 0 where there is no user. A password may
/// hold any character, encoded or not, so that with a user all up to the last @ is taken for it.
std::size_t host_begin(std::string_view rest) {
    const auto at = rest.rfind('@');
    if (at == std::string_view::npos) return 0;
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    if (authority.find('@') != std::string_view::npos) return at + 1;
    // An @ in the path of "host:port/@name" is none; but what stands behind the colon may be no
    // port.
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos) return 0;
    const std::string_view port = authority.substr(colon + 1);
    const bool is_port =
        std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    return is_port ? 0 : at + 1;
}

/// "name=value" between the separators of a path or query.
void append_pairs(std::string_view rest, std::string& out) {
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find_first_of("/?#&;"), rest.size());
        const std::string_view part = rest.substr(0, end);
        const auto equals = part.find('=');
        if (equals != std::string_view::npos && equals + 1 < part.size() &&
            is_secret(part.substr(0, equals))) {
            out += part.substr(0, equals + 1);
            out += mask;
        } else {
            out += part;
        }
        if (end < rest.size()) out += rest[end];
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

constexpr std::string_view mark = "://";

/// What stands behind "scheme://" of one URL, which may hold another.
void append_masked(std::string_view rest, std::string& out) {
    for (;;) {
        if (const std::size_t host = host_begin(rest); host > 0) {
            out += mask;
            out += '@';
            rest.remove_prefix(host);
        }
        const auto inner = rest.find(mark);
        if (inner == std::string_view::npos) return append_pairs(rest, out);
        append_pairs(rest.substr(0, inner), out);
        out += mark;
        rest.remove_prefix(inner + mark.size());
    }
}

/// Masks URLs that end at one of `ends`.
std::string masked(std::string_view text, std::string_view ends) {
    std::string out;
    for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
        // A scheme has a letter or digit in front of the colon.
        const bool is_url = at > 0 && is_alphanumeric(text[at - 1]);
        out += text.substr(0, at + mark.size());
        text.remove_prefix(at + mark.size());
        if (!is_url) continue;
        const std::size_t end = std::min(text.find_first_of(ends), text.size());
        append_masked(text.substr(0, end), out);
        text.remove_prefix(end);
    }
    out += text;
    return out;
}

}  // namespace

std::string mask_secrets(std::string_view text) {
    return masked(text, " \t\r\n\"'`<>");
}

std::string mask_url(std::string_view location) {
    return masked(location, "");
}

}  // namespace saccade
