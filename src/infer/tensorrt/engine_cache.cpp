#include "infer/tensorrt/engine_cache.h"

#include <fmt/format.h>

#include "core/digest.h"

namespace saccade::infer::tensorrt {
namespace {

std::string plan_name(const EngineKey& key) {
    return key.digest() + ".plan";
}

}  // namespace

std::string EngineKey::text() const {
    std::string text = fmt::format("model={} backend={} device={} capability={} size={}x{}", model,
                                   backend, device, capability, width, height);
    for (const BatchRange& range : profiles) {
        text += fmt::format(" batch={}..{}..{}", range.least, range.best, range.most);
    }
    return text + " options=" + options;
}

std::string EngineKey::digest() const {
    return sha256(text());
}

Result<EngineCache> EngineCache::open(const std::filesystem::path& folder) {
    auto files = FileCache::open(folder);
    if (!files) return fail(files.error());
    return EngineCache(std::move(*files));
}

std::filesystem::path EngineCache::path_of(const EngineKey& key) const {
    return files_.path_of(plan_name(key));
}

Result<std::string> EngineCache::plan_for(const EngineKey& key, const Build& build,
                                          std::stop_token stop) {
    const auto make = [&]() -> Result<std::string> {
        const std::string timing_key = key.backend + " " + key.device;
        const std::string timing_name = sha256(timing_key) + ".timing";
        auto built = build(files_.find(timing_name, timing_key).value_or(""));
        if (!built) return fail(built.error());
        if (!built->timing_cache.empty())
            files_.store(timing_name, timing_key, built->timing_cache);
        return std::move(built->plan);
    };
    return files_.get(plan_name(key), key.text(), make, stop);
}

}  // namespace saccade::infer::tensorrt
