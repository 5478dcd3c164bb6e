#include "core/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "core/log.h"

namespace saccade {
namespace {

/// Whether the lock's last holder has removed its file: then others would not see ours.
bool is_in_place(const std::filesystem::path& path, int fd) {
    struct stat ours{}, there{};
    return ::fstat(fd, &ours) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

}  // namespace

Result<FileLock> FileLock::take(const std::filesystem::path& path, const std::stop_token& stop) {
    const auto unwritable = [&](int reason) {
        return fail(ErrorCode::unwritable,
                    fmt::format("{}: {}", path.string(), std::strerror(reason)),
                    "free disk space, or name another folder with --cache-dir");
    };
    bool told = false;
    while (true) {
        Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (file.get() < 0) return unwritable(errno);
        while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) return unwritable(errno);
            if (!std::exchange(told, true)) log::info("another process is at this: waiting");
            if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        if (is_in_place(path, file.get())) return FileLock(path, std::move(file));
    }
}

FileLock::~FileLock() {
    if (file_.get() >= 0) ::unlink(path_.c_str());  // while it is held: nobody else's goes
}

}  // namespace saccade
