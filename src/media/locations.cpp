#include "media/locations.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "core/remedy.h"
#include "core/text_file.h"
#include "media/demuxer.h"
#include "media/names.h"

namespace saccade::media {
namespace {

namespace fs = std::filesystem;
using Locations = std::vector<std::string>;

bool passes_as_is(const std::string& location) {
    return location == "-" || location.starts_with("synthetic:") || !url_scheme(location).empty();
}

bool is_list_name(const std::string& path) {
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension == ".txt" || extension == ".list";
}

/// One location for images, or each video; `what` is the folder or pattern they come from.
Result<Locations> by_kind(const std::string& what, const Locations& files) {
    Locations videos;
    std::size_t images = 0;
    for (const std::string& file : files) {
        if (is_image_name(file)) ++images;
        if (is_video_name(file)) videos.push_back(file);
    }
    if (images > 0 && !videos.empty()) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("{}: {} images and {} videos together", what, images, videos.size()),
            "name one kind by a pattern, such as 'folder/*.mp4'");
    }
    if (images > 0) return Locations{what};
    return videos;
}

Result<Locations> expand_folder(const std::string& folder) {
    auto files = list_folder(folder);
    if (!files) return files;
    auto found = by_kind(folder, *files);
    if (found && found->empty()) {
        return fail(ErrorCode::not_found, folder + ": no images or videos in this folder",
                    "name the folder that holds them");
    }
    return found;
}

Result<Locations> expand_pattern(const std::string& pattern) {
    auto files = match_files(pattern);
    if (!files) return files;
    auto found = by_kind(pattern, *files);
    // Names of no known kind are taken at the user's word.
    if (found && found->empty()) return files;
    return found;
}

Result<Locations> expand_list(const std::string& path);

Result<Locations> expand(const std::string& location, bool in_list) {
    if (location.empty()) {
        return fail(ErrorCode::invalid_argument, "an empty name is no source",
                    "name a file, a folder, a URL or -");
    }
    if (passes_as_is(location)) return Locations{location};
    std::error_code error;
    const fs::file_status status = fs::status(location, error);
    if (fs::is_directory(status)) return expand_folder(location);
    if (!fs::exists(status)) {
        if (error == std::errc::permission_denied) {
            return fail(ErrorCode::unreadable, location + ": permission denied",
                        look_who_may(location));
        }
        if (is_pattern(location)) return expand_pattern(location);
        return fail(ErrorCode::not_found, location + ": no such file", look_beside(location));
    }
    if (!is_list_name(location)) return Locations{location};
    if (in_list) {
        return fail(ErrorCode::invalid_argument, location + ": a list inside a list",
                    "name it on the command line, or copy its lines");
    }
    return expand_list(location);
}

std::string trimmed(const std::string& line) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string::npos) return "";
    return line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

/// What a list in `folder` means by `location`.
std::string beside_list(const std::string& location, const std::string& folder) {
    if (passes_as_is(location) || location[0] == '/' || folder.empty()) return location;
    return (fs::path(folder) / location).string();
}

/// A # at a line's start, or behind a blank, begins a comment; but a file whose name has one is
/// found.
std::string without_comment(const std::string& line, const std::string& folder) {
    if (line.empty() || line[0] == '#') return "";
    std::error_code ignored;
    if (fs::exists(beside_list(line, folder), ignored)) return line;
    for (auto at = line.find('#'); at != std::string::npos; at = line.find('#', at + 1)) {
        if (line[at - 1] == ' ' || line[at - 1] == '\t') return trimmed(line.substr(0, at));
    }
    return line;
}

Result<Locations> expand_list(const std::string& path) {
    const auto read = read_written_text(path);
    if (!read && read.error().code == ErrorCode::unsupported) return fail(read.error());
    if (!read) {
        return fail(ErrorCode::unreadable, path + ": can't be read", look_who_may(path));
    }
    const std::string& text = *read;
    if (text.find('\0') != std::string::npos) {
        return fail(ErrorCode::corrupt, path + ": not a list: it is no text",
                    "a list holds one location a line");
    }
    const std::string folder = fs::path(path).parent_path().string();
    Locations all;
    int number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = trimmed(text.substr(at, end - at));
        at = end + 1;
        ++number;
        line = without_comment(line, folder);
        if (line.empty()) continue;
        line = beside_list(line, folder);
        auto found = expand(line, true);
        if (!found) {
            Error error = found.error();
            error.message = fmt::format("{}, line {}: {}", path, number, error.message);
            if (error.code == ErrorCode::not_found) {
                error.remedy = "a list holds one location a line, relative to its own folder";
            }
            return fail(std::move(error));
        }
        std::move(found->begin(), found->end(), std::back_inserter(all));
    }
    if (all.empty()) {
        return fail(ErrorCode::invalid_argument, path + ": an empty list",
                    "write one location a line into it");
    }
    return all;
}

}  // namespace

Result<std::vector<std::string>> expand_locations(std::span<const std::string> locations) {
    Locations all;
    for (const std::string& location : locations) {
        auto found = expand(location, false);
        if (!found) return found;
        std::move(found->begin(), found->end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace saccade::media
