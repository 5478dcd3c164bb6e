#include "core/atomic_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

namespace saccade {
namespace {

tl::unexpected<Error> unwritable(const std::filesystem::path& path, int reason) {
    std::string remedy = "choose another folder with --out";
    if (reason == ENOSPC || reason == EDQUOT) remedy = "free disk space or " + remedy;
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", path.string(), std::strerror(reason)),
                std::move(remedy));
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path) {
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (error) return unwritable(path, error.value());
    // A directory of that name would fail only in commit, after all the work.
    if (std::filesystem::is_directory(path, error)) return unwritable(path, EISDIR);

    static std::atomic<unsigned> counter{0};
    std::filesystem::path temporary = path;
    temporary.replace_filename(
        fmt::format(".{}.{}.{}.tmp", path.filename().string(), ::getpid(), counter++));
    std::FILE* file = std::fopen(temporary.c_str(), "wbxe");
    if (file == nullptr) return unwritable(path, errno);
    return AtomicFile(path, std::move(temporary), file);
}

AtomicFile::AtomicFile(std::filesystem::path path, std::filesystem::path temporary, std::FILE* file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      file_(std::exchange(other.file_, nullptr)) {}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
    if (this != &other) {
        discard();
        path_ = std::move(other.path_);
        temporary_ = std::move(other.temporary_);
        file_ = std::exchange(other.file_, nullptr);
    }
    return *this;
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::discard() noexcept {
    if (file_ == nullptr) return;
    std::fclose(std::exchange(file_, nullptr));
    ::unlink(temporary_.c_str());
}

Result<void> AtomicFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
        return unwritable(path_, errno);
    }
    return {};
}

Result<void> AtomicFile::commit() {
    if (std::fflush(file_) != 0 || ::fsync(::fileno(file_)) != 0) {
        const int reason = errno;
        discard();
        return unwritable(path_, reason);
    }
    if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        const int reason = errno;
        discard();
        return unwritable(path_, reason);
    }
    std::fclose(std::exchange(file_, nullptr));
    return {};
}

}  // namespace saccade
