#include "engine/gpu_memory.h"

#include <algorithm>
#include <utility>

namespace saccade::engine {

GpuMemoryProbe::GpuMemoryProbe(cuda::Nvml nvml)
    : nvml_(std::move(nvml)), others_(nvml_.memory().used) {}

pipeline::MemoryState GpuMemoryProbe::read() {
    const cuda::GpuMemory memory = nvml_.memory();
    const std::size_t others = memory.own ? memory.used - std::min(memory.used, *memory.own)
                                          : std::min(memory.used, others_);
    return {.used = memory.used - others, .others = others, .total = memory.total};
}

std::unique_ptr<GpuMemoryProbe> GpuMemoryProbe::open(int cuda_device) {
    auto nvml = cuda::Nvml::of_cuda_device(cuda_device);
    if (!nvml) return nullptr;
    return std::make_unique<GpuMemoryProbe>(std::move(*nvml));
}

}  // namespace saccade::engine
