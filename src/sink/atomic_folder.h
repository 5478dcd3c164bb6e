// A folder of files that appears under its name only when it is whole.
#pragma once

#include <filesystem>
#include <string_view>

#include "saccade/error.h"

namespace saccade::sink {

/// As core's AtomicFile, for a flat folder. Filled under a temporary name beside the final one
/// (core/temporary.h); commit() makes it durable and puts it in place, in exchange for an older
/// folder, which is then removed; its mode and owner stay. An older folder must hold nothing but
/// files with the same extension, so that nobody's other work is lost, and nothing that this
/// process reads. Behind a link, its target is replaced. Without a commit the temporary folder is
/// removed. One thread. Errors of all calls: unwritable, with the final path and the system's
/// reason; invalid_argument where the older folder is read.
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
    AtomicFolder(std::filesystem::path path, std::string_view extension);
    Result<void> check_replaceable() const;

    std::filesystem::path path_;       ///< behind its links
    std::filesystem::path temporary_;  ///< empty when there is none to remove
    std::string extension_;
    int held_ = -1;  ///< the lock on temporary_
};

}  // namespace saccade::sink
