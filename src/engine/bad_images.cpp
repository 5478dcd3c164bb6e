#include "engine/bad_images.h"

#include <fmt/format.h>

#include <iterator>
#include <system_error>

#include "core/atomic_file.h"
#include "core/file_claims.h"
#include "core/text_file.h"
#include "sink/csv_field.h"

namespace saccade::engine {
namespace {

constexpr std::string_view header = "path,reason,left_out\r\n";

}  // namespace

Result<std::string> list_bad_images(const std::filesystem::path& folder, const std::string& stem,
                                    std::span<const BadImage> images) {
    const std::filesystem::path path = folder / fmt::format("{}{}", stem, bad_images_suffix);
    std::error_code ignored;
    if (images.empty()) {
        if (!std::filesystem::is_regular_file(path, ignored)) return "";
        const auto earlier = read_text_file(path);
        if (!earlier || !earlier->starts_with(header)) return "";
        if (auto may = FileClaims::may_replace(path, path, "choose another folder with --out");
            !may) {
            return fail(may.error());
        }
        std::filesystem::remove(path, ignored);
        return "";
    }
    auto file = AtomicFile::create(path);
    if (!file) return fail(file.error());
    std::string text(header);
    for (const BadImage& image : images) {
        fmt::format_to(std::back_inserter(text), "{},{},{}\r\n", sink::csv_field(image.path),
                       sink::csv_field(image.reason), image.left_out);
    }
    if (auto written = file->write(text); !written) return fail(written.error());
    if (auto done = file->commit(); !done) return fail(done.error());
    return path.string();
}

}  // namespace saccade::engine
