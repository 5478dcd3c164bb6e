#include "catalogue/part_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/digest.h"
#include "core/file_claims.h"

namespace saccade::catalogue {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cant_write(const fs::path& target, const std::string& why, int reason = 0) {
    const bool full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", target.string(), why),
                full ? "free disk space, or choose another folder with --to"
                     : "choose another folder with --to");
}

}  // namespace

PartFile::PartFile(fs::path target, fs::path part, Descriptor file, std::uint64_t size)
    : target_(std::move(target)), part_(std::move(part)), file_(std::move(file)), size_(size) {}

tl::unexpected<Error> PartFile::unwritable(int reason) const {
    return cant_write(target_, std::strerror(reason), reason);
}

Result<PartFile> PartFile::open(const fs::path& target) {
    std::error_code error;
    if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
    if (error) return cant_write(target, error.message());
    const fs::path part =
        target.parent_path() / fmt::format(".{}.part", target.filename().string());
    Descriptor file(::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (file.get() < 0) return cant_write(target, std::strerror(errno), errno);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return cant_write(
            target, errno == EWOULDBLOCK ? "another process is fetching it" : std::strerror(errno));
    }
    // Who held the lock before may have placed it: then this is no part, but the whole of another.
    struct stat ours{}, there{};
    const bool in_place = ::fstat(file.get(), &ours) == 0 && ::lstat(part.c_str(), &there) == 0 &&
                          ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
    if (!in_place) return cant_write(target, "another process has just fetched it");
    if (!S_ISREG(ours.st_mode) || ours.st_uid != ::geteuid()) {
        return cant_write(target, part.string() + " is in the way");
    }
    return PartFile(target, part, std::move(file), static_cast<std::uint64_t>(ours.st_size));
}

Result<void> PartFile::append(std::span<const std::byte> bytes) {
    auto at = static_cast<off_t>(size_);
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(file_.get(), bytes.data(), bytes.size(), at);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            const int reason = written < 0 ? errno : ENOSPC;
            // (What is left of a download would keep a full disk full.)
            if (::ftruncate(file_.get(), 0) == 0) size_ = 0;
            return unwritable(reason);
        }
        at += written;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    size_ = static_cast<std::uint64_t>(at);
    return {};
}

Result<void> PartFile::clear() {
    if (::ftruncate(file_.get(), 0) != 0) return unwritable(errno);
    size_ = 0;
    return {};
}

Result<std::string> PartFile::sha256() {
    Digest digest(Digest::Algorithm::sha256);
    std::array<std::byte, 1U << 16U> buffer{};
    off_t at = 0;
    while (true) {
        const ssize_t got = ::pread(file_.get(), buffer.data(), buffer.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unwritable(errno);
        if (got == 0) return digest.hex();
        digest.update(std::span(buffer).first(static_cast<std::size_t>(got)));
        at += got;
    }
}

Result<void> PartFile::place() {
    if (auto free = FileClaims::may_replace(target_, target_, "choose another folder with --to");
        !free) {
        return free;
    }
    if (::fsync(file_.get()) != 0 || std::rename(part_.c_str(), target_.c_str()) != 0) {
        return unwritable(errno);
    }
    file_ = Descriptor(-1);
    return {};
}

void PartFile::discard() noexcept {
    ::unlink(part_.c_str());
    file_ = Descriptor(-1);
}

}  // namespace saccade::catalogue
