#include "core/temporary.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// 0, or the errno of what went wrong.
int lock(int fd, int how) {
    while (::flock(fd, how) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

/// A name may have come to mean another file while its lock was waited for.
bool still_named(int fd, const fs::path& name) {
    struct stat open{}, there{};
    return ::fstat(fd, &open) == 0 && ::lstat(name.c_str(), &there) == 0 &&
           open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

/// Locks what was made just now; nothing where another run was faster.
std::optional<int> keep(int fd, const fs::path& name) {
    const int reason = lock(fd, LOCK_EX | LOCK_NB);
    // Without locks on this file system, having made it has to do.
    const bool lockless = reason != 0 && reason != EWOULDBLOCK;
    if ((reason == 0 || lockless) && still_named(fd, name)) return fd;
    ::close(fd);
    return std::nullopt;
}

/// Removes what a dead run left: 0, or -errno where it is in use or none of ours.
int clear(const fs::path& name, bool folder, bool wait) {
    const int fd = ::open(name.c_str(), (folder ? O_RDONLY | O_DIRECTORY : O_RDWR) | O_NOFOLLOW |
                                            O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? 0 : -EEXIST;
    struct stat status{};
    int reason = ::fstat(fd, &status) != 0 ? errno : 0;
    if (reason == 0 && !(folder ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode)))
        reason = EEXIST;
    if (reason == 0) {
        reason = lock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
        if (reason != 0 && reason != EWOULDBLOCK) reason = EEXIST;  // no locks here: unknown
    }
    if (reason == 0 && still_named(fd, name)) {
        std::error_code error;
        fs::remove_all(name, error);
        reason = error.value();
    }
    ::close(fd);
    return -reason;
}

}  // namespace

fs::path temporary_of(const fs::path& target) {
    fs::path name = target;
    return name.replace_filename(fmt::format(".{}.saccade-tmp", target.filename().string()));
}

int hold_file(const fs::path& temporary, bool wait) {
    for (;;) {
        const int made = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (made < 0 && errno != EEXIST) return -errno;
        if (made < 0) {
            if (const int reason = clear(temporary, false, wait); reason != 0) return reason;
        } else if (const auto fd = keep(made, temporary)) {
            return *fd;
        }
    }
}

int hold_folder(const fs::path& temporary) {
    for (;;) {
        if (::mkdir(temporary.c_str(), 0777) != 0) {
            if (errno != EEXIST) return -errno;
            if (const int reason = clear(temporary, true, false); reason != 0) return reason;
            continue;
        }
        const int made = ::open(temporary.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (made < 0 && errno != ENOENT) return -errno;
        if (made < 0) continue;
        if (const auto fd = keep(made, temporary)) return *fd;
    }
}

void hand_on_rights(const fs::path& from, int to) {
    struct stat status{};
    if (::stat(from.c_str(), &status) != 0) return;
    if (::fchown(to, status.st_uid, status.st_gid) != 0) {
        [[maybe_unused]] const int group_alone =
            ::fchown(to, static_cast<uid_t>(-1), status.st_gid);
    }
    // None of the bits that lend rights; a folder has to be filled by us.
    ::fchmod(to, (status.st_mode & 0777U) | (S_ISDIR(status.st_mode) ? S_IRWXU : 0U));
}

bool being_made(const fs::path& target) {
    const int fd =
        ::open(temporary_of(target).c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    const bool held = lock(fd, LOCK_SH | LOCK_NB) == EWOULDBLOCK;
    ::close(fd);
    return held;
}

}  // namespace saccade
