#include "core/sealed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/atomic_file.h"
#include "core/descriptor.h"
#include "core/digest.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

std::string header(const std::string& key, std::string_view content) {
    return fmt::format("saccade-engine 1\n{}\n{}\n{:020}\n", sha256(key), sha256(content),
                       content.size());
}

tl::unexpected<Error> system_failure(const fs::path& path, int reason) {
    return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::unreadable,
                fmt::format("{}: {}", path.string(), std::strerror(reason)));
}

/// Up to `size` bytes: fewer where the file ends.
Result<std::string> read_some(int fd, const fs::path& path, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const auto got = ::read(fd, bytes.data() + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_failure(path, errno);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

const char* untrusted(const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return "is no file";
    if (status.st_uid != ::geteuid()) return "belongs to another user";
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "may be written by others";
    return nullptr;
}

}  // namespace

std::string sealed(const std::string& key, std::string_view content) {
    std::string bytes = header(key, content);
    bytes.append(content);
    return bytes;
}

Result<void> write_sealed(const fs::path& path, const std::string& key, std::string_view content) {
    auto file = AtomicFile::create(path, cache_file());
    if (!file) return fail(file.error());
    if (::chmod(file->temporary().c_str(), 0600) != 0) {
        return fail(ErrorCode::unwritable,
                    fmt::format("{}: {}", path.string(), std::strerror(errno)));
    }
    if (auto ok = file->write(header(key, content)); !ok) return ok;
    if (auto ok = file->write(content); !ok) return ok;
    return file->commit();
}

Result<std::string> read_sealed(const fs::path& path, const std::string& key) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() < 0 && errno == ELOOP) {
        return fail(ErrorCode::unsupported, path.string() + ": is a link");
    }
    if (file.get() < 0) return system_failure(path, errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return system_failure(path, errno);
    if (const char* wrong = untrusted(status)) {
        return fail(ErrorCode::unsupported, fmt::format("{}: {}", path.string(), wrong));
    }
    const std::string expected = header(key, "");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size < expected.size()) return fail(ErrorCode::corrupt, path.string() + ": is cut short");
    auto head = read_some(file.get(), path, expected.size());
    if (!head) return head;
    // Up to the end of the key's line equal: of this key, whole or damaged.
    const std::size_t key_end = expected.find('\n', expected.find('\n') + 1) + 1;
    if (head->compare(0, key_end, expected, 0, key_end) != 0) {
        return fail(ErrorCode::unsupported,
                    path.string() + ": was not written for this model, backend and device");
    }
    auto content = read_some(file.get(), path, size - expected.size());
    if (!content || *head == header(key, *content)) return content;
    return fail(ErrorCode::corrupt, path.string() + ": is damaged");
}

}  // namespace saccade
