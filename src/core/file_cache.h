// What took long to make, kept on disk for the next run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "saccade/error.h"

namespace saccade {

/// A folder of sealed files (sealed_file.h), each checked before anything else reads it. Any number
/// of processes may share the folder. It is bounded: what was not used for longest goes.
class FileCache {
  public:
    /// Some ten large engines, or hundreds of a CPU's networks.
    static constexpr std::uint64_t usual_limit = std::uint64_t{4} << 30;

    /// Errors: those of make_private_folder().
    static Result<FileCache> open(const std::filesystem::path& folder,
                                  std::uint64_t limit = usual_limit);

    using Make = std::function<Result<std::string>()>;

    /// The content kept under that file name for the key, or made and kept. While one process makes
    /// it, others that want it wait. What is damaged, of another key or another owner is told in a
    /// warning and made again; what can't be kept (a full or read-only disk) likewise told, and
    /// returned. Errors: those of `make`; interrupted.
    Result<std::string> get(const std::string& name, const std::string& key, const Make& make,
                            const std::stop_token& stop = {});

    /// Nothing where there is none that can be used; a warning where there should be.
    [[nodiscard]] std::optional<std::string> find(const std::string& name,
                                                  const std::string& key) const;
    /// A warning where that fails.
    void store(const std::string& name, const std::string& key, std::string_view content);

    [[nodiscard]] std::filesystem::path path_of(const std::string& name) const {
        return folder_ / name;
    }

  private:
    FileCache(std::filesystem::path folder, std::uint64_t limit)
        : folder_(std::move(folder)), limit_(limit) {}
    void make_room(const std::filesystem::path& newest) const;

    std::filesystem::path folder_;
    std::uint64_t limit_;  ///< bytes of all files
};

/// For what works without a cache as well: nothing for "", and for a folder that open() refuses,
/// which is told in a warning, once.
std::optional<FileCache> usable_cache(const std::filesystem::path& folder);

}  // namespace saccade
