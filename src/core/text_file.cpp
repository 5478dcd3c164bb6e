#include "core/text_file.h"
#include "core/remedy.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

namespace saccade {

Result<std::string> read_text_file(const std::filesystem::path& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                               &std::fclose);
    if (!file) {
        const int reason = errno;
        return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::unreadable,
                    fmt::format("can't open {}: {}", path.string(), std::strerror(reason)),
                    reason == ENOENT ? look_beside(path) : look_who_may(path));
    }
    std::string text;
    std::array<char, 1 << 16> block;
    while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
        text.append(block.data(), n);
    }
    if (std::ferror(file.get()) != 0) {
        return fail(ErrorCode::unreadable,
                    fmt::format("can't read {}: {}", path.string(), std::strerror(errno)),
                    look_who_may(path));
    }
    return text;
}

namespace {

using namespace std::string_view_literals;

/// "UTF-16" or "UTF-32" where `text` is that, else "". (A byte-order mark; else the first
/// character, which is ASCII in all that we read.)
std::string_view wide_encoding(std::string_view text) {
    if (text.starts_with("\xff\xfe\0\0"sv) || text.starts_with("\0\0\xfe\xff"sv)) return "UTF-32";
    if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv)) return "UTF-16";
    if (text.size() < 4 || (text[0] == '\0') == (text[1] == '\0')) return "";
    return (text[2] == '\0') != (text[3] == '\0') ? "UTF-16" : "";
}

/// Ends lines in '\n' where they end in "\r\n" or '\r'.
void unify_lines(std::string& text) {
    std::size_t to = 0;
    for (std::size_t from = 0; from < text.size(); ++from) {
        if (text[from] == '\r') {
            text[to++] = '\n';
            if (from + 1 < text.size() && text[from + 1] == '\n') ++from;
        } else {
            text[to++] = text[from];
        }
    }
    text.resize(to);
}

}  // namespace

Result<std::string> read_written_text(const std::filesystem::path& path) {
    auto text = read_text_file(path);
    if (!text) return text;
    if (const auto encoding = wide_encoding(*text); !encoding.empty()) {
        return fail(ErrorCode::unsupported, fmt::format("{}: is in {}", path.string(), encoding),
                    fmt::format("save it as UTF-8: `iconv -f {} -t UTF-8 -- {} > {}`", encoding,
                                shell_word(path.string()), shell_word(path.string() + ".utf8")));
    }
    if (text->starts_with("\xef\xbb\xbf"sv)) text->erase(0, 3);
    if (text->find('\r') != std::string::npos) unify_lines(*text);
    return text;
}

}  // namespace saccade
