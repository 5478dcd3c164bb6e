// A file that appears under its name only when it is whole.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "saccade/error.h"

namespace saccade {

struct OutputOptions {
    /// What a user can do where the file can't be written.
    std::string way_out = "choose another folder with --out";
    /// Where another run makes the same file: wait for it. Else that is an error.
    bool wait = false;
    /// Whatever has the name is replaced itself: a link or device isn't followed, and an older
    /// file's mode and owner don't stay.
    bool anew = false;
};

/// Of a file in a cache: several runs may well make the same one, and nobody else's is trusted.
[[nodiscard]] OutputOptions cache_file();

/// Writes to a temporary name beside the target (core/temporary.h); commit() flushes, fsyncs and
/// renames. Without a commit the temporary is removed. Buffered. One thread at a time.
///
/// A link is not replaced: what it leads to is. A file that is replaced hands on its mode and,
/// where that is allowed, its owner. Devices, pipes and this process's own descriptors (/dev/fd/3)
/// are written straight through. A file that this process reads is never replaced
/// (core/file_claims.h).
///
/// Errors of all calls: unwritable, with the final path and the system's reason in the message;
/// invalid_argument where the file is read.
class AtomicFile {
  public:
    /// Folders on the way are made.
    static Result<AtomicFile> create(const std::filesystem::path& path, OutputOptions options = {});
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) noexcept;
    ~AtomicFile();

    Result<void> write(std::string_view bytes);
    Result<void> commit();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// Where the bytes are before commit(): for libraries that want to open a file by name. The
    /// path itself where it is written through.
    [[nodiscard]] const std::filesystem::path& temporary() const noexcept {
        return temporary_.empty() ? path_ : temporary_;
    }

  private:
    AtomicFile(std::filesystem::path path, OutputOptions options);
    Result<void> open_through(int fd);
    Result<void> open_beside(bool replaces);
    [[nodiscard]] Result<void> may_replace(const std::filesystem::path& place) const;
    [[nodiscard]] tl::unexpected<Error> unwritable(int reason) const;
    void discard() noexcept;

    std::filesystem::path path_;       ///< as named
    std::filesystem::path target_;     ///< behind its links
    std::filesystem::path temporary_;  ///< empty where it is written through
    OutputOptions options_;
    std::FILE* file_ = nullptr;
};

/// `text` as the whole of a file. Errors: those of AtomicFile.
Result<void> write_whole(const std::filesystem::path& path, std::string_view text,
                         OutputOptions options = {});

}  // namespace saccade
