#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "core/text_file.h"
#include "media/demuxer.h"
#include "media/exif.h"
#include "media/image_source.h"
#include "media/names.h"
#include "media/source.h"
#include "media/stream_source.h"
#include "media/synthetic.h"

namespace saccade::media {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<Source>> open_folder(const std::string& folder,
                                            const SourceOptions& options) {
    auto files = list_folder(folder);
    if (!files) return fail(files.error());
    std::erase_if(*files, [](const std::string& file) { return !is_image_name(file); });
    if (files->empty()) {
        return fail(ErrorCode::not_found, folder + ": no images in this folder",
                    "name the folder that holds them, or a video");
    }
    return open_images(folder, std::move(*files), options);
}

Result<std::unique_ptr<Source>> open_pattern(const std::string& pattern,
                                             const SourceOptions& options) {
    auto files = match_files(pattern);
    if (!files) return fail(files.error());
    if (files->size() == 1 && !is_image_name(files->front())) {
        return open_stream(files->front(), options);
    }
    for (const std::string& file : *files) {
        if (is_image_name(file)) continue;
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: matches {} files that are no image sequence ({})", pattern,
                                files->size(), file),
                    "name one video, or a pattern that matches images only");
    }
    return open_images(pattern, std::move(*files), options);
}

/// An animated PNG or GIF, by whatever name, is a video where it stands alone: FFmpeg reads both.
bool is_animation(const std::string& path) {
    const auto file = read_text_file(path);
    if (!file) return false;
    const bool readable = file->starts_with("\x89PNG") || file->starts_with("GIF8");
    return readable && !several_pictures(*file).empty();
}

}  // namespace

Result<std::vector<std::unique_ptr<Source>>> open_sources(const std::string& location,
                                                          const SourceOptions& options,
                                                          std::size_t decoders) {
    std::error_code ignored;
    // (Not a pipe: a part would be read to its end before a picture of it is seen.)
    if (decoders > 1 && fs::is_regular_file(location, ignored) && !is_image_name(location)) {
        return open_stream_in_parts(location, options, decoders);
    }
    auto source = open_source(location, options);
    if (!source) return fail(source.error());
    std::vector<std::unique_ptr<Source>> one;
    one.push_back(std::move(*source));
    return one;
}

Result<std::unique_ptr<Source>> open_source(const std::string& location,
                                            const SourceOptions& options) {
    if (location.empty()) {
        return fail(ErrorCode::invalid_argument, "an empty name is no source",
                    "name a file, a folder, a URL or -");
    }
    if (location.starts_with(synthetic_prefix)) return open_synthetic(location, options);
    if (location == "-" || !url_scheme(location).empty()) return open_stream(location, options);
    std::error_code ignored;
    const fs::file_status status = fs::status(location, ignored);
    if (fs::is_directory(status)) return open_folder(location, options);
    if (!fs::exists(status) && is_pattern(location)) return open_pattern(location, options);
    if (fs::is_regular_file(status) && is_image_name(location) && !is_animation(location)) {
        return open_images(location, {location}, options, options.images);
    }
    return open_stream(location, options);
}

}  // namespace saccade::media
