// One process at a time.
#pragma once

#include <filesystem>
#include <stop_token>
#include <utility>

#include "core/descriptor.h"
#include "saccade/error.h"

namespace saccade {

/// A lock file, held until this goes, which removes it; the system frees it when the process ends,
/// however that happens.
class FileLock {
  public:
    /// Waits while another process (or thread) holds it, and says so once. Errors: unwritable,
    /// interrupted.
    static Result<FileLock> take(const std::filesystem::path& path, const std::stop_token& stop);
    FileLock(FileLock&&) noexcept = default;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

  private:
    FileLock(std::filesystem::path path, Descriptor file)
        : path_(std::move(path)), file_(std::move(file)) {}

    std::filesystem::path path_;
    Descriptor file_;
};

}  // namespace saccade
