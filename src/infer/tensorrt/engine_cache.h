// Built engines on disk. A plan is code that runs on the GPU, and takes minutes to build: what lies
// here is trusted only where nobody else could have put it, and never half written
// (core/file_cache.h).
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/file_cache.h"
#include "infer/tensorrt/api.h"
#include "saccade/error.h"

namespace saccade::infer::tensorrt {

/// All that a plan depends on. Two builds with equal keys are interchangeable.
struct EngineKey {
    std::string model;    ///< SHA-256 of the ONNX bytes given to the builder: precision is in them
    std::string backend;  ///< "tensorrt 10.6.0"
    std::string device;   ///< GPU's name; "" where it was built without it
    int capability = 0;   ///< 86 for 8.6
    int height = 0, width = 0;  ///< px
    std::vector<BatchRange> profiles;
    std::string options;  ///< of the builder, whatever else there is

    /// One line that differs where any field does.
    [[nodiscard]] std::string text() const;
    /// SHA-256 of it, hex: the file's name.
    [[nodiscard]] std::string digest() const;
};

/// A folder of plans and timing caches.
class EngineCache {
  public:
    /// Errors: those of FileCache::open().
    static Result<EngineCache> open(const std::filesystem::path& folder);
    explicit EngineCache(FileCache files) : files_(std::move(files)) {}

    /// What builds a plan, given the timing cache of former builds ("" for none).
    using Build = std::function<Result<Built>(std::string timing_cache)>;

    /// The plan of the key, as FileCache::get() has it.
    Result<std::string> plan_for(const EngineKey& key, const Build& build,
                                 std::stop_token stop = {});

    /// Where the plan is or would be.
    [[nodiscard]] std::filesystem::path path_of(const EngineKey& key) const;

  private:
    FileCache files_;
};

}  // namespace saccade::infer::tensorrt
