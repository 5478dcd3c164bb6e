#include "memory/device_memory.h"

#include "memory/gpu_probe.h"
#include "memory/host_probe.h"
#include "memory/limit.h"

namespace saccade::memory {
std::unique_ptr<Probe> probe_for(int cuda_device) {
    if (cuda_device < 0) return std::make_unique<HostProbe>();
    return GpuProbe::open(cuda_device);
}

Result<std::size_t> limit_in_bytes(const Settings& settings, int cuda_device, Probe* probe) {
    constexpr std::size_t kOfAGpu = 20'000'000'000;
    if (settings.vram_limit.empty()) return cuda_device < 0 ? 0 : kOfAGpu;
    const auto limit = parse_limit(settings.vram_limit);
    if (!limit) return fail(limit.error());
    const std::size_t total = probe != nullptr ? probe->read().total : 0;
    if (limit->share > 0 && total == 0) {
        return fail(ErrorCode::invalid_argument,
                    "vram_limit: a share needs a device that tells how much memory it has",
                    "give a size, such as 20GB");
    }
    return limit->of(total);
}

}  // namespace saccade::memory
