#include "memory/gpu_probe.h"

#include <algorithm>
#include <utility>

namespace saccade::memory {

GpuProbe::GpuProbe(cuda::Nvml nvml) : nvml_(std::move(nvml)), others_(nvml_.memory().used) {}

State GpuProbe::read() {
    const cuda::GpuMemory memory = nvml_.memory();
    const std::size_t others = memory.own ? memory.used - std::min(memory.used, *memory.own)
                                          : std::min(memory.used, others_);
    return {.used = memory.used - others, .others = others, .total = memory.total};
}

std::unique_ptr<GpuProbe> GpuProbe::open(int cuda_device) {
    auto nvml = cuda::Nvml::of_cuda_device(cuda_device);
    if (!nvml) return nullptr;
    return std::make_unique<GpuProbe>(std::move(*nvml));
}

}  // namespace saccade::memory
