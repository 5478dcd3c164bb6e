// Use of an NVIDIA GPU, read through its management library where there is one.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace saccade::cuda {

struct GpuSample {
    double busy = 0;                   ///< share of time with a kernel at work, 0..1
    double decoder = 0;                ///< of the video decoders, 0..1
    std::size_t memory_used = 0;       ///< bytes, all processes
    double pcie_in = 0, pcie_out = 0;  ///< bytes a second, seen from the GPU
};

struct GpuMemory {
    std::size_t total = 0, used = 0;  ///< bytes, of all processes
    std::optional<std::size_t> own;   ///< of this process, where the driver tells
};

/// libnvidia-ml.so.1, opened at run time (docs.nvidia.com/deploy/nvml-api). One thread.
class Nvml {
  public:
    /// Nothing where the library, its calls or the GPU are missing.
    static std::optional<Nvml> open(int device, const char* library = "libnvidia-ml.so.1");
    /// By its place on the bus (cuda::Device::pci_bus): CUDA may number GPUs otherwise.
    static std::optional<Nvml> open(const std::string& pci_bus,
                                    const char* library = "libnvidia-ml.so.1");
    /// The GPU that CUDA has under this number. Nothing where it has none.
    static std::optional<Nvml> of_cuda_device(int ordinal);
    Nvml(Nvml&&) noexcept;
    Nvml& operator=(Nvml&&) noexcept;
    ~Nvml();

    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] GpuSample sample() const;
    [[nodiscard]] GpuMemory memory() const;

  private:
    struct Library;
    static std::unique_ptr<Library> load(const char* library);
    static std::optional<Nvml> named(std::unique_ptr<Library> library);
    explicit Nvml(std::unique_ptr<Library> library);
    std::unique_ptr<Library> library_;
};

}  // namespace saccade::cuda
