// Built engines on disk. A plan is code that runs on the GPU, and takes minutes to build: what lies
// here is trusted only where nobody else could have put it, and never half written.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "infer/tensorrt/api.h"
#include "saccade/error.h"

namespace saccade::infer::tensorrt {

/// All that a plan depends on. Two builds with equal keys are interchangeable.
struct EngineKey {
    std::string model;    ///< SHA-256 of the ONNX bytes given to the builder: precision is in them
    std::string backend;  ///< "tensorrt 10.6.0"
    std::string device;   ///< GPU's name; "" where it was built without it
    int capability = 0;   ///< 86 for 8.6
    int height = 0, width = 0;         ///< px
    std::vector<BatchRange> profiles;
    std::string options;  ///< of the builder, whatever else there is

    /// One line that differs where any field does.
    [[nodiscard]] std::string text() const;
    /// SHA-256 of it, hex: the file's name.
    [[nodiscard]] std::string digest() const;
};

/// A folder of plans and timing caches. Each file bears a header with its key's and its content's
/// digests, checked before anything else reads it. Any number of processes may share the folder.
class EngineCache {
  public:
    /// Makes the folder, for its owner alone (0700). Errors: unwritable; unsupported where the folder
    /// belongs to another user, is a link, or others may write to it: then plans in it are not ours.
    static Result<EngineCache> open(const std::filesystem::path& folder);

    /// What builds a plan, given the timing cache of former builds ("" for none).
    using Build = std::function<Result<Built>(std::string timing_cache)>;

    /// The plan of the key: out of the folder, or built and put there. While one process builds, others
    /// that want the same key wait for it. A file that is damaged, of another key or another owner is
    /// told in a warning and built again. A plan that can't be stored (full disk) is returned with a
    /// warning. Errors: those of `build`; interrupted; unwritable (the lock).
    Result<std::string> plan_for(const EngineKey& key, const Build& build, std::stop_token stop = {});

    /// Where the plan is or would be.
    [[nodiscard]] std::filesystem::path path_of(const EngineKey& key) const;

  private:
    explicit EngineCache(std::filesystem::path folder) : folder_(std::move(folder)) {}
    [[nodiscard]] std::filesystem::path timing_path(const EngineKey& key) const;

    std::filesystem::path folder_;
};

/// One file of the cache, as bytes: header and content. `key` is any text.
std::string sealed(const std::string& key, std::string_view content);

/// The content of a sealed file. Errors: not_found; unreadable; corrupt (header, digest or size);
/// unsupported (of another key, a link, no file, another owner).
Result<std::string> read_sealed(const std::filesystem::path& path, const std::string& key);

}  // namespace saccade::infer::tensorrt
