// A folder of files that appears under its name only when it is whole.
#pragma once

#include <filesystem>
#include <string_view>

#include "saccade/error.h"

namespace saccade::sink {

/// As core's AtomicFile, for a flat folder. Filled under a temporary name beside the final one;
/// commit() makes it durable and puts it in place, in exchange for an older folder, which is then
/// removed. An older folder must hold nothing but files with the same extension, so that nobody's
/// other work is lost. Without a commit the temporary folder is removed. One thread.
/// Errors of all calls: unwritable, with the final path and the system's reason.
class AtomicFolder {
  public:
    /// Folders on the way are made. `extension` with its dot: ".txt".
    static Result<AtomicFolder> create(const std::filesystem::path& path,
                                       std::string_view extension);
    AtomicFolder(AtomicFolder&&) noexcept;
    AtomicFolder& operator=(AtomicFolder&&) = delete;
    ~AtomicFolder();

    /// A new file stem + extension; `stem` without a slash.
    Result<void> add(std::string_view stem, std::string_view bytes);
    Result<void> commit();

  private:
    AtomicFolder(std::filesystem::path path, std::filesystem::path temporary,
                 std::string_view extension);
    Result<void> check_replaceable() const;

    std::filesystem::path path_, temporary_;  ///< temporary_ is empty when there is none to remove
    std::string extension_;
};

}  // namespace saccade::sink
