// A folder of files that appears under its name only when it is whole.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "saccade/error.h"

namespace saccade::sink {

/// As core's AtomicFile, for a flat folder. Filled under a temporary name beside the final one
/// (core/temporary.h); commit() makes it durable and puts it in place, in exchange for an older
/// folder, which is then removed; its mode and owner stay. An older folder must hold nothing but
/// files of the kind that this one gets, so that nobody's other work is lost, and nothing that this
/// process reads. Behind a link, its target is replaced. Without a commit the temporary folder is
/// removed. One thread. Errors of all calls: unwritable, with the final path and the system's
/// reason; invalid_argument where the older folder is read.
class AtomicFolder {
  public:
    /// Folders on the way are made. `extension` with its dot: ".txt".
    static Result<AtomicFolder> create(const std::filesystem::path& path,
                                       std::string_view extension);
    /// For files of several kinds: `ours` knows them by their names.
    using Ours = std::function<bool(const std::filesystem::path& name)>;
    static Result<AtomicFolder> create(const std::filesystem::path& path, Ours ours);
    AtomicFolder(AtomicFolder&&) noexcept;
    AtomicFolder& operator=(AtomicFolder&&) = delete;
    ~AtomicFolder();

    /// A new file stem + extension; `stem` without a slash.
    Result<void> add(std::string_view stem, std::string_view bytes);
    /// Likewise under its whole name, in the place of an earlier one.
    Result<void> put(std::string_view name, std::string_view bytes);
    Result<void> commit();

  private:
    AtomicFolder(std::filesystem::path path, std::string extension, Ours ours);
    static Result<AtomicFolder> made(AtomicFolder folder, const std::filesystem::path& path);
    [[nodiscard]] Result<void> write(const std::filesystem::path& name, std::string_view bytes,
                                     const char* mode) const;
    Result<void> check_replaceable() const;

    std::filesystem::path path_;       ///< behind its links
    std::filesystem::path temporary_;  ///< empty when there is none to remove
    std::string extension_;            ///< of what add() makes
    Ours ours_;
    int held_ = -1;  ///< the lock on temporary_
};

}  // namespace saccade::sink
