#include "engine/memory.h"

#include "pipeline/host_memory.h"
#include "pipeline/memory_limit.h"

namespace saccade::engine {
namespace {

bool in_host_memory(const infer::BackendInfo& backend) {
    return backend.name.starts_with("openvino");
}

}  // namespace

std::unique_ptr<pipeline::MemoryProbe> probe_for(const infer::BackendInfo& backend) {
    if (!in_host_memory(backend)) return nullptr;
    return std::make_unique<pipeline::HostMemoryProbe>();
}

Result<std::size_t> memory_limit(const Settings& settings, const infer::BackendInfo& backend,
                                 pipeline::MemoryProbe* probe) {
    constexpr std::size_t kOfAGpu = 20'000'000'000;
    if (settings.vram_limit.empty()) return in_host_memory(backend) ? 0 : kOfAGpu;
    const auto limit = pipeline::parse_memory_limit(settings.vram_limit);
    if (!limit) return fail(limit.error());
    const std::size_t total = probe != nullptr ? probe->read().total : 0;
    if (limit->share > 0 && total == 0) {
        return fail(ErrorCode::invalid_argument,
                    "vram_limit: a share needs a device that tells how much memory it has",
                    "give a size, such as 20GB");
    }
    return limit->of(total);
}

}  // namespace saccade::engine
