#include "core/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace saccade {

std::string shell_word(std::string_view text) {
    const bool plain = !text.empty() && text.front() != '-' &&
                       std::all_of(text.begin(), text.end(), [](unsigned char c) {
                           return std::isalnum(c) != 0 ||
                                  std::string_view("_-./+,@%").find(static_cast<char>(c)) !=
                                      std::string_view::npos;
                       });
    if (plain) return std::string(text);
    std::string word = "'";
    for (const char c : text) {
        if (c == '\'') {
            word += "'\\''";
        } else {
            word += c;
        }
    }
    return word + "'";
}

std::string look_beside(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::path folder = path.parent_path();
    while (!folder.empty() && !std::filesystem::is_directory(folder, error) &&
           folder.has_relative_path()) {
        folder = folder.parent_path();
    }
    if (folder.empty()) folder = ".";
    return fmt::format("`ls -a -- {}` shows what is there", shell_word(folder.string()));
}

std::string look_who_may(const std::filesystem::path& path) {
    return fmt::format("`ls -ld -- {}` shows who may", shell_word(path.string()));
}

}  // namespace saccade
