#include "media/names.h"
#include "core/remedy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <system_error>
#include <unordered_set>

namespace saccade::media {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 20> image_extensions = {
    "jpg", "jpeg", "jpe", "png", "bmp", "webp", "tif", "tiff", "ppm", "pgm",
    "pbm", "pnm",  "jp2", "j2k", "jpf", "tga",  "exr", "dpx",  "jxl", "pam"};
constexpr std::array<std::string_view, 36> video_extensions = {
    "mp4", "m4v",  "mov",  "mkv", "webm", "avi", "ts",   "mts",   "m2ts", "mpg",  "mpeg", "m2v",
    "flv", "wmv",  "asf",  "3gp", "3g2",  "ogv", "ogg",  "mxf",   "vob",  "h264", "264",  "avc",
    "265", "h265", "hevc", "ivf", "obu",  "y4m", "mjpg", "mjpeg", "gif",  "nut",  "f4v",  "dv"};

template <typename List>
bool has_extension(std::string_view name, const List& list) {
    std::string extension = fs::path(name).extension().string();
    if (extension.empty()) return false;
    extension.erase(0, 1);
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::find(list.begin(), list.end(), extension) != list.end();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// The run of digits at `at`, without leading zeros; moves `at` behind it.
std::string_view take_number(std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    std::string_view digits = text.substr(start, at - start);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
}

tl::unexpected<Error> folder_failure(const std::string& folder, std::error_code error) {
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) {
        return fail(ErrorCode::not_found, folder + ": no such folder", look_beside(folder));
    }
    return fail(ErrorCode::unreadable, folder + ": can't be listed: " + error.message(),
                look_who_may(folder));
}

/// Entries of `folder` that `accept` takes, by bare name; folders too if `folders`.
template <typename Accept>
Result<std::vector<std::string>> entries(const std::string& folder, bool folders, Accept accept) {
    std::error_code error;
    fs::directory_iterator it(folder.empty() ? "." : folder, error);
    if (error) return folder_failure(folder, error);
    std::vector<std::string> names;
    for (; it != fs::directory_iterator(); it.increment(error)) {
        if (error) return folder_failure(folder, error);
        const std::string name = it->path().filename().string();
        std::error_code ignored;
        const bool is_folder = it->is_directory(ignored);
        if (is_folder == folders && accept(name)) names.push_back(name);
    }
    if (error) return folder_failure(folder, error);
    std::sort(names.begin(), names.end(), natural_less);
    return names;
}

constexpr std::string_view any_folders = "**";
constexpr std::size_t most_folders = 200'000;  // that a ** may lead through

using Paths = Result<std::vector<std::string>>;

/// The files under `base` that match a pattern, one part after the other.
class Descent {
  public:
    Paths descend(const std::string& base, std::string_view pattern) {
        const auto slash = pattern.find('/');
        const bool last = slash == std::string_view::npos;
        const std::string_view part = pattern.substr(0, slash);
        const std::string_view below = last ? std::string_view() : pattern.substr(slash + 1);
        if (part == any_folders) return any_depth(base, below.empty() ? "*" : below);
        if (!last && !is_pattern(part)) return descend(base + std::string(part) + "/", below);
        std::vector<std::string> found;
        if (!is_pattern(part)) {
            std::error_code ignored;
            const std::string path = base + std::string(part);
            if (!part.empty() && fs::exists(path, ignored)) found.push_back(path);
            return found;
        }
        const bool hidden = part.front() == '.';
        auto names = entries(base, !last, [&](const std::string& name) {
            return (hidden || name.front() != '.') && matches(part, name);
        });
        if (!names) {
            if (names.error().code == ErrorCode::not_found) return found;
            return names;
        }
        for (const std::string& name : *names) {
            if (last) {
                found.push_back(base + name);
            } else if (auto deeper = add(descend(base + name + "/", below), found); !deeper) {
                return fail(deeper.error());
            }
        }
        return found;
    }

  private:
    /// The rest of the pattern in `base` and in all folders below it.
    Paths any_depth(const std::string& base, std::string_view rest) {
        while (rest.starts_with("**/")) rest.remove_prefix(3);
        std::vector<std::string> found;
        std::set<std::string> seen;  // folders as they really are: links may lead round in circles
        auto done = walk(base, rest == any_folders ? "*" : rest, seen, found);
        if (!done) return fail(done.error());
        return found;
    }

    Result<void> walk(const std::string& base, std::string_view rest, std::set<std::string>& seen,
                      std::vector<std::string>& found) {
        std::error_code error;
        const fs::path real = fs::canonical(base.empty() ? "." : base, error);
        if (error || !seen.insert(real.string()).second) return {};
        if (seen.size() > most_folders) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("{}: ** leads through more than {} folders", base, most_folders),
                "begin the pattern with a folder nearer to the files");
        }
        if (auto here = add(descend(base, rest), found); !here) return here;
        auto folders = entries(base, true, [](const std::string& name) { return name[0] != '.'; });
        if (!folders) {
            return folders.error().code == ErrorCode::not_found ? Result<void>()
                                                                : fail(folders.error());
        }
        for (const std::string& name : *folders) {
            if (auto deeper = walk(base + name + "/", rest, seen, found); !deeper) return deeper;
        }
        return {};
    }

    static Result<void> add(Paths more, std::vector<std::string>& found) {
        if (!more) return fail(more.error());
        found.insert(found.end(), more->begin(), more->end());
        return {};
    }
};

}  // namespace

std::string url_scheme(const std::string& location) {
    const auto end = location.find("://");
    if (end == std::string::npos || end == 0) return "";
    std::string scheme = location.substr(0, end);
    for (char& c : scheme) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '+' && c != '-' && c != '.') {
            return "";
        }
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return scheme;
}

bool is_image_name(std::string_view name) {
    return has_extension(name, image_extensions);
}

bool is_video_name(std::string_view name) {
    return has_extension(name, video_extensions);
}

bool is_pattern(std::string_view path) {
    return path.find_first_of("*?") != std::string_view::npos;
}

bool natural_less(std::string_view a, std::string_view b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (is_digit(a[i]) && is_digit(b[j])) {
            const auto x = take_number(a, i), y = take_number(b, j);
            if (x.size() != y.size()) return x.size() < y.size();
            if (x != y) return x < y;
        } else {
            const auto x = static_cast<unsigned char>(a[i++]);
            const auto y = static_cast<unsigned char>(b[j++]);
            if (x != y) return x < y;
        }
    }
    if (i < a.size() || j < b.size()) return i == a.size();
    return a < b;  // equal but for leading zeros
}

bool matches(std::string_view pattern, std::string_view name) {
    // On a mismatch go back to the latest star and let it take one character more.
    std::size_t p = 0, n = 0, star = std::string_view::npos, taken = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = n;
        } else if (p < pattern.size() && name[n] != '/' &&
                   (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p, ++n;
        } else if (p < pattern.size() && name[n] == '/' && pattern[p] == '/') {
            ++p, ++n;
        } else if (star != std::string_view::npos && name[taken] != '/') {
            p = star + 1;
            n = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

Result<std::vector<std::string>> list_folder(const std::string& folder) {
    auto names = entries(folder, false, [](const std::string& name) { return name[0] != '.'; });
    if (!names) return names;
    const std::string base = folder.empty() || folder.back() == '/' ? folder : folder + "/";
    for (std::string& name : *names) name.insert(0, base);
    return names;
}

Result<std::vector<std::string>> match_files(const std::string& pattern) {
    auto found = Descent().descend("", pattern);
    if (!found) return found;
    std::unordered_set<std::string> seen;  // (two ** may lead to a file in several ways)
    std::erase_if(*found, [&](const std::string& path) { return !seen.insert(path).second; });
    if (found->empty()) {
        return fail(ErrorCode::not_found, pattern + ": no file matches",
                    "check the path, and quote the pattern in a shell");
    }
    return found;
}

}  // namespace saccade::media
