#include "core/private_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace saccade {

Result<void> make_private_folder(const std::filesystem::path& folder) {
    const auto unwritable = [&](int reason) {
        return fail(ErrorCode::unwritable,
                    fmt::format("{}: can't be made: {}", folder.string(), std::strerror(reason)),
                    "name another folder with --cache-dir");
    };
    std::error_code error;
    std::filesystem::create_directories(folder.parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return unwritable(errno);
    struct stat status{};
    if (::lstat(folder.c_str(), &status) != 0) return unwritable(errno);
    const char* wrong = nullptr;
    if (!S_ISDIR(status.st_mode)) {
        wrong = "is no folder";
    } else if (status.st_uid != ::geteuid()) {
        wrong = "belongs to another user";
    } else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        wrong = "may be written by others";
    }
    if (wrong != nullptr) {
        return fail(
            ErrorCode::unsupported,
            fmt::format("{}: {}, so what is in it can't be trusted", folder.string(), wrong),
            "remove it, or name another folder with --cache-dir");
    }
    // What others may read they can't change: no harm where this is refused (a read-only disk).
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        static_cast<void>(!::chmod(folder.c_str(), status.st_mode & S_IRWXU));
    }
    return {};
}

}  // namespace saccade
