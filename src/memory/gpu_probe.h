// The memory of an NVIDIA GPU, for the governor.
#pragma once

#include <cstddef>
#include <memory>

#include "cuda/nvml.h"
#include "memory/probe.h"

namespace saccade::memory {

/// To be made before this process takes memory of it: where the driver does not tell what that is
/// (in a container, say), all that is in use by then is others', and all that comes after it ours.
class GpuProbe final : public Probe {
  public:
    explicit GpuProbe(cuda::Nvml nvml);
    State read() override;

    /// For the GPU with CUDA's number; nothing without NVML.
    static std::unique_ptr<GpuProbe> open(int cuda_device);

  private:
    cuda::Nvml nvml_;
    const std::size_t others_;
};

}  // namespace saccade::memory
