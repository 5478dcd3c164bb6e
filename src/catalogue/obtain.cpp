#include "catalogue/obtain.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <memory>
#include <span>

#include "core/digest.h"
#include "core/remedy.h"

namespace saccade::catalogue {
namespace {

namespace fs = std::filesystem;

/// What is there under the model's name. Errors: invalid_argument where it is another file.
Result<Obtained> present(const Model& model, const fs::path& target) {
    std::error_code unknown;
    if (fs::is_regular_file(target, unknown) && fs::file_size(target, unknown) == model.bytes) {
        const auto digest = sha256_of_file(target);
        if (!digest) return fail(digest.error());
        if (*digest == model.sha256) return Obtained{.path = target, .was_there = true};
    }
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("{}: is there, but is not the file that was published", target.string()),
        fmt::format("move it away: `mv -n -- {} {}`", shell_word(target.string()),
                    shell_word(target.string() + ".other")));
}

/// The file of a mirror that is a folder. No further than `most` bytes are read.
Result<void> copy(const fs::path& from, PartFile& into, std::uint64_t most) {
    if (auto cleared = into.clear(); !cleared) return cleared;
    std::error_code unknown;
    if (!fs::is_regular_file(from, unknown)) {
        return fail(ErrorCode::not_found, fmt::format("{}: no such file", from.string()),
                    "name a mirror that has it with SACCADE_MODEL_MIRROR");
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(from.c_str(), "rb"),
                                                               std::fclose);
    std::array<std::byte, 1U << 16U> buffer{};
    while (file != nullptr && into.size() <= most) {
        const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
        if (got == 0) break;
        if (auto written = into.append(std::span(buffer).first(got)); !written) return written;
    }
    if (file == nullptr || std::ferror(file.get()) != 0) {
        return fail(ErrorCode::unreadable, fmt::format("{}: can't be read", from.string()),
                    look_who_may(from));
    }
    return {};
}

Result<void> fetch(const Model& model, const Origin& origin, PartFile& part,
                   const DownloadOptions& options) {
    if (!origin.file.empty()) return copy(origin.file, part, model.bytes);
    return download(origin.url, part, model.bytes, options);
}

}  // namespace

Result<Obtained> obtain(const Model& model, const fs::path& folder, const Origin& origin,
                        const DownloadOptions& options) {
    if (!model.fetched()) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{} is not published as ONNX, so it can't be fetched", model.name),
                    fmt::format("`saccade models show {}` says how to export it", model.name));
    }
    const fs::path target = folder / (model.name + ".onnx");
    std::error_code unknown;
    if (fs::exists(fs::symlink_status(target, unknown))) return present(model, target);
    auto part = PartFile::open(target);
    if (!part) return fail(part.error());
    // What an earlier run left may be of another file: then once more, from the beginning.
    for (bool resumed = part->size() > 0 && origin.file.empty();; resumed = false) {
        if (auto fetched = fetch(model, origin, *part, options); !fetched) {
            if (part->size() == 0 || !origin.file.empty()) part->discard();
            return fail(fetched.error());
        }
        const auto digest = part->sha256();
        if (!digest) return fail(digest.error());
        if (part->size() == model.bytes && *digest == model.sha256) break;
        if (!resumed) {
            part->discard();
            return fail(ErrorCode::corrupt,
                        fmt::format("{}: is not the file that was published: its SHA-256 is {} "
                                    "where {} belongs; it was thrown away",
                                    origin.text(), *digest, model.sha256),
                        "name a mirror that has it with SACCADE_MODEL_MIRROR");
        }
        if (auto cleared = part->clear(); !cleared) return fail(cleared.error());
    }
    if (auto placed = part->place(); !placed) {
        part->discard();
        return fail(placed.error());
    }
    return Obtained{.path = target, .was_there = false};
}

}  // namespace saccade::catalogue
