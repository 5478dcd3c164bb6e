#include "sink/atomic_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/file_claims.h"
#include "core/output_target.h"
#include "core/temporary.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;

constexpr const char* way_out = "choose another folder with --out";

tl::unexpected<Error> unwritable(const fs::path& path, std::string_view reason) {
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", path.string(), reason), way_out);
}

tl::unexpected<Error> unwritable(const fs::path& path, int reason) {
    return unwritable(path, std::strerror(reason));
}

/// All data and names of the file system that holds `folder` to the disk: one call, where an fsync
/// a file would cost milliseconds a frame.
int sync_all(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    const int reason = ::syncfs(fd) == 0 ? 0 : errno;
    ::close(fd);
    return reason;
}

}  // namespace

Result<AtomicFolder> AtomicFolder::create(const fs::path& path, std::string_view extension) {
    const std::string kind(extension);
    return made(AtomicFolder(behind_links(path), kind,
                             [kind](const fs::path& name) { return name.extension() == kind; }),
                path);
}

Result<AtomicFolder> AtomicFolder::create(const fs::path& path, Ours ours) {
    return made(AtomicFolder(behind_links(path), {}, std::move(ours)), path);
}

Result<AtomicFolder> AtomicFolder::made(AtomicFolder folder, const fs::path& path) {
    std::error_code error;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
    if (error) return unwritable(path, error.value());
    // Told now, not after all the work.
    if (auto good = folder.check_replaceable(); !good) return fail(good.error());
    const fs::path temporary = temporary_of(folder.path_);
    if (auto good = FileClaims::may_replace(temporary, path, way_out); !good)
        return fail(good.error());
    folder.held_ = hold_folder(temporary);
    if (folder.held_ == -EWOULDBLOCK) return unwritable(path, "another run is writing it");
    if (folder.held_ == -EEXIST) return unwritable(path, temporary.string() + " is in the way");
    if (folder.held_ < 0) return unwritable(path, -folder.held_);
    folder.temporary_ = temporary;
    hand_on_rights(folder.path_, folder.held_);
    return folder;
}

AtomicFolder::AtomicFolder(fs::path path, std::string extension, Ours ours)
    : path_(std::move(path)), extension_(std::move(extension)), ours_(std::move(ours)) {}

AtomicFolder::AtomicFolder(AtomicFolder&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      extension_(std::move(other.extension_)),
      ours_(std::move(other.ours_)),
      held_(std::exchange(other.held_, -1)) {}

AtomicFolder::~AtomicFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
    if (held_ >= 0) ::close(held_);
}

Result<void> AtomicFolder::check_replaceable() const {
    std::error_code error;
    const auto status = fs::symlink_status(path_, error);
    if (status.type() == fs::file_type::not_found) return {};
    if (auto good = FileClaims::may_replace(path_, path_, way_out); !good) return good;
    if (status.type() != fs::file_type::directory) return unwritable(path_, "is no folder");
    fs::directory_iterator entry(path_, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
        if (!entry->is_regular_file(error) || !ours_(entry->path().filename())) {
            return unwritable(path_, fmt::format("holds {}, which is not this program's",
                                                 entry->path().filename().string()));
        }
    }
    if (error) return unwritable(path_, error.value());
    return {};
}

Result<void> AtomicFolder::add(std::string_view stem, std::string_view bytes) {
    return write(fmt::format("{}{}", stem, extension_), bytes, "wbxe");
}

Result<void> AtomicFolder::put(std::string_view name, std::string_view bytes) {
    return write(name, bytes, "wbe");
}

Result<void> AtomicFolder::write(const fs::path& name, std::string_view bytes,
                                 const char* mode) const {
    std::FILE* file = std::fopen((temporary_ / name).c_str(), mode);
    if (file == nullptr) return unwritable(path_, errno);
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    int reason = written ? 0 : errno;
    if (std::fclose(file) != 0 && reason == 0) reason = errno;
    if (reason != 0) return unwritable(path_, reason);
    return {};
}

Result<void> AtomicFolder::commit() {
    if (const int reason = sync_all(temporary_); reason != 0) return unwritable(path_, reason);
    if (auto good = check_replaceable(); !good) return good;
    // rename(2) puts a folder over an empty one only, so an older folder changes places with the
    // new one: at no moment is there none.
    std::error_code error;
    if (!fs::exists(path_, error)) {
        if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return unwritable(path_, errno);
        temporary_.clear();
        return {};
    }
    if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) == 0) {
        fs::remove_all(std::exchange(temporary_, {}), error);
        return {};
    }
    // Some network file systems can't exchange: the older folder steps aside, and back on failure.
    fs::path older = temporary_;
    older += ".older";
    fs::remove_all(older, error);
    if (std::rename(path_.c_str(), older.c_str()) != 0) return unwritable(path_, errno);
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        const int reason = errno;
        fs::rename(older, path_, error);
        return unwritable(path_, reason);
    }
    temporary_.clear();
    fs::remove_all(older, error);
    return {};
}

}  // namespace saccade::sink
