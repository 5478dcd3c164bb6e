#include "infer/tensorrt/engine_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include "core/atomic_file.h"
#include "core/digest.h"
#include "core/log.h"

namespace saccade::infer::tensorrt {
namespace {

namespace fs = std::filesystem;

std::string sha256(std::string_view bytes) {
    Digest digest(Digest::Algorithm::sha256);
    digest.update(bytes);
    return digest.hex();
}

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

  private:
    int fd_;
};

std::string header(const std::string& key, std::string_view content) {
    return fmt::format("saccade-engine 1\n{}\n{}\n{:020}\n", sha256(key), sha256(content),
                       content.size());
}

tl::unexpected<Error> system_failure(const fs::path& path, int reason) {
    return fail(reason == ENOENT ? ErrorCode::not_found : ErrorCode::unreadable,
                fmt::format("{}: {}", path.string(), std::strerror(reason)));
}

Result<std::string> read_all(int fd, const fs::path& path, std::size_t size) {
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

/// Held until it goes; the system frees it when the process ends, however that happens.
Result<Descriptor> lock(const fs::path& path, const std::stop_token& stop) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) {
        return fail(ErrorCode::unwritable,
                    fmt::format("{}: {}", path.string(), std::strerror(errno)),
                    "free disk space, or name another cache folder");
    }
    bool told = false;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return fail(ErrorCode::unwritable,
                        fmt::format("{}: {}", path.string(), std::strerror(errno)));
        }
        if (!std::exchange(told, true)) log::info("another process builds this engine: waiting");
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return file;
}

void store(const fs::path& path, const std::string& key, std::string_view content) {
    const auto stored = [&]() -> Result<void> {
        auto file = AtomicFile::create(path, cache_file());
        if (!file) return fail(file.error());
        if (auto ok = file->write(sealed(key, content)); !ok) return ok;
        return file->commit();
    }();
    if (!stored) log::warning("an engine is not kept for the next run: {}", stored.error().message);
}

/// Nothing where there is none that can be used; says so where there should be.
std::optional<std::string> find(const fs::path& path, const std::string& key) {
    auto content = read_sealed(path, key);
    if (content) return std::move(*content);
    if (content.error().code != ErrorCode::not_found) {
        log::warning("{}: not used, will be built again", content.error().message);
    }
    return std::nullopt;
}

}  // namespace

std::string EngineKey::text() const {
    std::string text = fmt::format("model={} backend={} device={} capability={} size={}x{}", model,
                                   backend, device, capability, width, height);
    for (const BatchRange& range : profiles) {
        text += fmt::format(" batch={}..{}..{}", range.least, range.best, range.most);
    }
    return text + " options=" + options;
}

std::string EngineKey::digest() const { return sha256(text()); }

std::string sealed(const std::string& key, std::string_view content) {
    std::string bytes = header(key, content);
    bytes.append(content);
    return bytes;
}

Result<std::string> read_sealed(const fs::path& path, const std::string& key) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.get() < 0 && errno == ELOOP) {
        return fail(ErrorCode::unsupported, path.string() + ": is a link");
    }
    if (file.get() < 0) return system_failure(path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return system_failure(path, errno);
    if (!S_ISREG(status.st_mode)) return fail(ErrorCode::unsupported, path.string() + ": is no file");
    if (status.st_uid != ::geteuid()) {
        return fail(ErrorCode::unsupported, path.string() + ": belongs to another user");
    }
    auto bytes = read_all(file.get(), path, static_cast<std::size_t>(status.st_size));
    if (!bytes) return bytes;
    const std::string expected = header(key, "");
    if (bytes->size() < expected.size()) {
        return fail(ErrorCode::corrupt, path.string() + ": is cut short");
    }
    const std::string content = bytes->substr(expected.size());
    bytes->resize(expected.size());
    if (*bytes == header(key, content)) return content;
    // Up to the end of the key's line equal: ours, but damaged.
    const std::size_t key_end = expected.find('\n', expected.find('\n') + 1) + 1;
    if (bytes->compare(0, key_end, expected, 0, key_end) != 0) {
        return fail(ErrorCode::unsupported, path.string() + ": was not written for this model, "
                                                            "TensorRT and GPU");
    }
    return fail(ErrorCode::corrupt, path.string() + ": is damaged");
}

Result<EngineCache> EngineCache::open(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder.parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return fail(ErrorCode::unwritable,
                    fmt::format("{}: can't be made: {}", folder.string(), std::strerror(errno)),
                    "name another cache folder");
    }
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0) return system_failure(folder, errno);
    const char* wrong = nullptr;
    if (!S_ISDIR(status.st_mode)) {
        wrong = "is no folder";
    } else if (status.st_uid != ::geteuid()) {
        wrong = "belongs to another user";
    } else if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        wrong = "may be written by others";
    }
    if (wrong != nullptr) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: {}, so engines in it can't be trusted", folder.string(), wrong),
                    "remove it, or name another cache folder");
    }
    if ((status.st_mode & 0777U) != 0700U && ::chmod(folder.c_str(), 0700) != 0) {
        return system_failure(folder, errno);
    }
    return EngineCache(folder);
}

fs::path EngineCache::path_of(const EngineKey& key) const { return folder_ / (key.digest() + ".plan"); }

fs::path EngineCache::timing_path(const EngineKey& key) const {
    return folder_ / (sha256(key.backend + " " + key.device) + ".timing");
}

Result<std::string> EngineCache::plan_for(const EngineKey& key, const Build& build,
                                          std::stop_token stop) {
    const fs::path path = path_of(key);
    if (auto plan = find(path, key.text())) return std::move(*plan);
    const auto held = lock(folder_ / (key.digest() + ".lock"), stop);
    if (!held) return fail(held.error());
    // Whoever held the lock before may have built it.
    if (auto plan = find(path, key.text())) return std::move(*plan);

    const std::string timing_key = key.backend + " " + key.device;
    auto built = build(find(timing_path(key), timing_key).value_or(""));
    if (!built) return fail(built.error());
    store(path, key.text(), built->plan);
    if (!built->timing_cache.empty()) store(timing_path(key), timing_key, built->timing_cache);
    return std::move(built->plan);
}

}  // namespace saccade::infer::tensorrt
