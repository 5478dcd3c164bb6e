// Use of an NVIDIA GPU, read through its management library where there is one.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace saccade::profile {

struct GpuSample {
    double busy = 0;      ///< share of time with a kernel at work, 0..1
    double decoder = 0;   ///< of the video decoders, 0..1
    std::size_t memory_used = 0;  ///< bytes, all processes
    double pcie_in = 0, pcie_out = 0;  ///< bytes a second, seen from the GPU
};

/// libnvidia-ml.so.1, opened at run time (docs.nvidia.com/deploy/nvml-api). One thread.
class Nvml {
  public:
    /// Nothing where the library, its calls or the GPU are missing.
    static std::optional<Nvml> open(int device, const char* library = "libnvidia-ml.so.1");
    Nvml(Nvml&&) noexcept;
    Nvml& operator=(Nvml&&) noexcept;
    ~Nvml();

    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] GpuSample sample() const;

  private:
    struct Library;
    explicit Nvml(std::unique_ptr<Library> library);
    std::unique_ptr<Library> library_;
};

}  // namespace saccade::profile
