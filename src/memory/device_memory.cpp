#include "memory/device_memory.h"

#include "memory/gpu_probe.h"
#include "memory/host_probe.h"

namespace saccade::memory {

std::unique_ptr<Probe> probe_for(int cuda_device) {
    if (cuda_device < 0) return std::make_unique<HostProbe>();
    return GpuProbe::open(cuda_device);
}

Result<std::size_t> limit_in_bytes(const std::optional<Limit>& chosen, int cuda_device,
                                   Probe* probe) {
    constexpr std::size_t of_a_gpu = 20'000'000'000;
    if (!chosen) return cuda_device < 0 ? 0 : of_a_gpu;
    const std::size_t total = probe != nullptr ? probe->read().total : 0;
    if (chosen->share > 0 && total == 0) {
        return fail(ErrorCode::invalid_argument,
                    "vram_limit: a share needs a device that tells how much memory it has",
                    "give a size, such as 20GB");
    }
    return chosen->of(total);
}

}  // namespace saccade::memory
