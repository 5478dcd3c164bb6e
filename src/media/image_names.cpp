#include "media/image_names.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace saccade::media {
namespace {

namespace fs = std::filesystem;

// Readers that keep numbers as doubles tell larger ones no longer apart.
constexpr std::int64_t largest_id = std::int64_t{1} << 53;

/// The number that all of `text` is.
std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (number < 0 || number >= largest_id) return std::nullopt;
    return number;
}

/// Length of the folder, with its slash, that all paths share.
std::size_t shared_folder(const std::vector<std::string>& paths) {
    std::string_view shared = paths.empty() ? std::string_view() : paths.front();
    for (const std::string_view path : paths) {
        const auto differ =
            std::mismatch(shared.begin(), shared.end(), path.begin(), path.end()).first;
        shared = shared.substr(0, static_cast<std::size_t>(differ - shared.begin()));
    }
    const auto slash = shared.rfind('/');
    return slash == std::string_view::npos ? 0 : slash + 1;
}

std::string flat(std::string text) {
    std::replace(text.begin(), text.end(), '/', '-');
    return text;
}

}  // namespace

ImageNames::ImageNames(const std::vector<std::string>& paths) {
    const std::size_t folder = shared_folder(paths);
    std::vector<ImageName*> unlabelled, unnumbered;
    std::unordered_set<std::string> labels;
    std::unordered_set<std::int64_t> ids;
    std::int64_t next_id = 0;
    for (const std::string& path : paths) {
        const auto [at, fresh] = names_.try_emplace(path);
        if (!fresh) continue;  // the same file again is the same image
        ImageName& image = at->second;
        image.name = path.substr(folder);
        const std::string stem = fs::path(path).stem().string();
        if (labels.insert(stem).second) {
            image.label = stem;
        } else {
            unlabelled.push_back(&image);
        }
        const auto number = number_of(stem);
        if (number && ids.insert(*number).second) {
            image.id = *number;
            next_id = std::max(next_id, *number + 1);
        } else {
            unnumbered.push_back(&image);
        }
    }
    for (ImageName* image : unnumbered) image->id = next_id++;
    for (ImageName* image : unlabelled) {
        constexpr std::size_t longest = 200;  // bytes: file systems take 255
        std::string whole = flat(image->name);
        if (whole.size() > longest) whole = "image";
        std::string label = flat(fs::path(image->name).replace_extension().string());
        if (label.size() > longest || labels.contains(label)) label = whole;
        for (int n = 2; !labels.insert(label).second; ++n) label = whole + "-" + std::to_string(n);
        image->label = std::move(label);
    }
}

}  // namespace saccade::media
