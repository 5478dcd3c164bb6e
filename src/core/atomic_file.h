// A file that appears under its name only when it is whole.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

#include "saccade/error.h"

namespace saccade {

/// Writes to a temporary name in the target's folder; commit() flushes, fsyncs and renames. Without
/// a commit the temporary is removed. Buffered. One thread at a time.
/// Errors of all calls: unwritable, with the final path and the system's reason in the message.
class AtomicFile {
  public:
    /// Folders on the way are made.
    static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) noexcept;
    ~AtomicFile();

    Result<void> write(std::string_view bytes);
    Result<void> commit();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// Where the bytes are before commit(): for libraries that want to open a file by name.
    [[nodiscard]] const std::filesystem::path& temporary() const noexcept { return temporary_; }

  private:
    AtomicFile(std::filesystem::path path, std::filesystem::path temporary, std::FILE* file);
    void discard() noexcept;

    std::filesystem::path path_, temporary_;
    std::FILE* file_ = nullptr;
};

}  // namespace saccade
