// Which files this process reads and which it will write, so that neither lands on the other.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "saccade/error.h"

namespace saccade {

/// What one run or verb reads and will write; given up when it goes. All claims of the process are
/// compared with each other, in whatever order they come, by device and inode: links, hard links,
/// bind mounts and other spellings count as the file that they are. What isn't there yet is known
/// by its folder's identity and its name. Devices, pipes and sockets are shared by all. Any thread.
/// Errors: invalid_argument, naming both files and the way out.
class FileClaims {
  public:
    FileClaims();
    ~FileClaims();
    FileClaims(FileClaims&&) noexcept;
    FileClaims& operator=(FileClaims&&) = delete;

    /// A file, or a folder, which then no folder of outputs may take the place of; neither may one
    /// take the place of a folder that the file is in.
    Result<void> reads(const std::filesystem::path& path);

    /// A file or folder that will be replaced as a whole. `way_out` is what to do where it can't
    /// be. (One of this process's descriptors, such as /dev/stdout, is added to.)
    Result<void> writes(const std::filesystem::path& path, const std::string& way_out);
    /// A file that lines are added to, which several may do.
    Result<void> adds_to(const std::filesystem::path& path, const std::string& way_out);

    /// The last thing to ask before `output` takes the place of what is at `place` now: whether
    /// anyone in this process reads that, or something in it.
    static Result<void> may_replace(const std::filesystem::path& place,
                                    const std::filesystem::path& output,
                                    const std::string& way_out);

  private:
    Result<void> claim_output(const std::filesystem::path& path, const std::string& way_out,
                              bool shared);
    struct Claims;
    std::unique_ptr<Claims> claims_;
};

}  // namespace saccade
