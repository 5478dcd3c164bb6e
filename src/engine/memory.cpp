#include "engine/memory.h"

#include "engine/gpu_memory.h"
#include "pipeline/host_memory.h"
#include "pipeline/memory_limit.h"

namespace saccade::engine {
std::unique_ptr<pipeline::MemoryProbe> probe_for(int cuda_device) {
    if (cuda_device < 0) return std::make_unique<pipeline::HostMemoryProbe>();
    return GpuMemoryProbe::open(cuda_device);
}

Result<std::size_t> memory_limit(const Settings& settings, int cuda_device,
                                 pipeline::MemoryProbe* probe) {
    constexpr std::size_t kOfAGpu = 20'000'000'000;
    if (settings.vram_limit.empty()) return cuda_device < 0 ? 0 : kOfAGpu;
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
