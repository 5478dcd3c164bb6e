// A file that is fetched bit by bit, and by several runs where one breaks off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "core/descriptor.h"
#include "saccade/error.h"

namespace saccade::catalogue {

/// ".NAME.part" beside the target, locked while it is held (the system frees the lock when the
/// process ends, however that happens). Unlike an AtomicFile's temporary it stays where it is not
/// placed, so that the next run goes on from it; nothing reads it before it is placed. One thread.
///
/// Errors of all calls: unwritable, naming the target.
class PartFile {
  public:
    /// Folders on the way are made. Errors also: unwritable where another process is fetching it.
    static Result<PartFile> open(const std::filesystem::path& target);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] const std::filesystem::path& target() const noexcept { return target_; }

    /// What could not be written is cut off again. A full disk gets all of its space back.
    Result<void> append(std::span<const std::byte> bytes);
    /// Back to nothing.
    Result<void> clear();
    /// SHA-256 of all of it, hex, read back from the disk.
    Result<std::string> sha256();
    /// Under the target's name, whole and on the disk. The last call.
    Result<void> place();
    /// Removed. The last call.
    void discard() noexcept;

  private:
    PartFile(std::filesystem::path target, std::filesystem::path part, Descriptor file,
             std::uint64_t size);
    [[nodiscard]] tl::unexpected<Error> unwritable(int reason) const;

    std::filesystem::path target_, part_;
    Descriptor file_;
    std::uint64_t size_ = 0;
};

}  // namespace saccade::catalogue
