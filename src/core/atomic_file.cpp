#include "core/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/file_claims.h"
#include "core/output_target.h"
#include "core/temporary.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

}  // namespace

OutputOptions cache_file() {
    return {.way_out = "name another cache folder with --cache-dir or SACCADE_CACHE_DIR",
            .wait = true,
            .anew = true};
}

tl::unexpected<Error> AtomicFile::unwritable(int reason) const {
    std::string remedy = options_.way_out;
    if (reason == ENOSPC || reason == EDQUOT) remedy = "free disk space or " + remedy;
    std::string what = std::strerror(reason);
    if (reason == EWOULDBLOCK) what = "another run is writing it";
    if (reason == EEXIST) what = temporary_of(target_).string() + " is in the way";
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", path_.string(), what), std::move(remedy));
}

Result<void> AtomicFile::may_replace(const fs::path& place) const {
    return FileClaims::may_replace(place, path_, options_.way_out);
}

Result<AtomicFile> AtomicFile::create(const fs::path& path, OutputOptions options) {
    AtomicFile file(path, std::move(options));
    Result<void> opened;
    const bool anew = file.options_.anew;
    struct stat status{};
    if (const auto own = anew ? std::nullopt : own_descriptor(path)) {
        opened = file.may_replace(path);
        if (opened) opened = file.open_through(::fcntl(*own, F_DUPFD_CLOEXEC, 3));
    } else if ((anew ? ::lstat : ::stat)(path.c_str(), &status) != 0) {
        opened = file.open_beside(false);
    } else if (S_ISDIR(status.st_mode)) {
        // That would fail only in commit, after all the work.
        opened = file.unwritable(EISDIR);
    } else if (anew || S_ISREG(status.st_mode)) {
        opened = file.open_beside(!anew);
    } else {
        opened = file.open_through(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    }
    if (!opened) return fail(opened.error());
    return file;
}

AtomicFile::AtomicFile(fs::path path, OutputOptions options)
    : path_(std::move(path)),
      target_(options.anew ? path_ : behind_links(path_)),
      options_(std::move(options)) {}

Result<void> AtomicFile::open_through(int fd) {
    if (fd < 0) return unwritable(errno);
    file_ = ::fdopen(fd, "wb");
    if (file_ != nullptr) return {};
    const int reason = errno;
    ::close(fd);
    return unwritable(reason);
}

Result<void> AtomicFile::open_beside(bool replaces) {
    std::error_code error;
    if (target_.has_parent_path()) fs::create_directories(target_.parent_path(), error);
    if (error) return unwritable(error.value());
    const fs::path temporary = temporary_of(target_);
    for (const fs::path& place : {target_, temporary}) {
        if (auto free = may_replace(place); !free) return free;
    }
    const int fd = hold_file(temporary, options_.wait);
    if (fd < 0) return unwritable(-fd);
    if (replaces) hand_on_rights(target_, fd);
    temporary_ = temporary;
    file_ = ::fdopen(fd, "wb");
    if (file_ != nullptr) return {};
    const int reason = errno;
    ::unlink(temporary_.c_str());
    ::close(fd);
    return unwritable(reason);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::move(other.temporary_)),
      options_(std::move(other.options_)),
      file_(std::exchange(other.file_, nullptr)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
    if (this != &other) {
        discard();
        path_ = std::move(other.path_);
        target_ = std::move(other.target_);
        temporary_ = std::move(other.temporary_);
        options_ = std::move(other.options_);
        file_ = std::exchange(other.file_, nullptr);
    }
    return *this;
}

AtomicFile::~AtomicFile() {
    discard();
}

void AtomicFile::discard() noexcept {
    if (file_ == nullptr) return;
    // Removed while its lock is held: afterwards the name may be another run's.
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    std::fclose(std::exchange(file_, nullptr));
}

Result<void> AtomicFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) return unwritable(errno);
    return {};
}

Result<void> AtomicFile::commit() {
    const bool through = temporary_.empty();
    const auto give_up = [&](int reason) {
        discard();
        return unwritable(reason);
    };
    if (std::fflush(file_) != 0) return give_up(errno);
    // (Pipes and most devices have nothing to sync.)
    if (!through && ::fsync(::fileno(file_)) != 0) return give_up(errno);
    if (!through) {
        if (auto free = may_replace(target_); !free) {
            discard();
            return free;
        }
        if (std::rename(temporary_.c_str(), target_.c_str()) != 0) return give_up(errno);
    }
    std::fclose(std::exchange(file_, nullptr));
    return {};
}

Result<void> write_whole(const fs::path& path, std::string_view text, OutputOptions options) {
    auto file = AtomicFile::create(path, std::move(options));
    if (!file) return fail(file.error());
    if (auto written = file->write(text); !written) return written;
    return file->commit();
}

}  // namespace saccade
