#include "cuda/nvml.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "core/shared_library.h"
#include "cuda/driver.h"

namespace saccade::cuda {
namespace {

using Handle = void*;
constexpr int success = 0;
constexpr unsigned pcie_send = 0, pcie_receive = 1;  // nvmlPcieUtilCounter_t, from the GPU's side

struct Utilization {  // nvmlUtilization_t, percent
    unsigned gpu = 0, memory = 0;
};
struct Memory {  // nvmlMemory_t, bytes
    unsigned long long total = 0, free = 0, used = 0;
};
struct Process {  // nvmlProcessInfo_t
    unsigned pid = 0;
    unsigned long long bytes = 0;
    unsigned gpu_instance = 0, compute_instance = 0;
};

}  // namespace

struct Nvml::Library {
    Library() = default;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() {
        if (started) shutdown();
    }

    SharedLibrary opened;
    bool started = false;
    Handle device = nullptr;
    std::string name;
    int (*init)() = nullptr;
    int (*shutdown)() = nullptr;
    int (*device_by_index)(unsigned, Handle*) = nullptr;
    int (*device_by_bus)(const char*, Handle*) = nullptr;
    int (*device_name)(Handle, char*, unsigned) = nullptr;
    int (*utilization)(Handle, Utilization*) = nullptr;
    int (*decoder)(Handle, unsigned*, unsigned*) = nullptr;
    int (*memory)(Handle, Memory*) = nullptr;
    int (*processes)(Handle, unsigned*, Process*) = nullptr;
    int (*pcie)(Handle, unsigned, unsigned*) = nullptr;
};

Nvml::Nvml(std::unique_ptr<Library> library) : library_(std::move(library)) {}
Nvml::Nvml(Nvml&&) noexcept = default;
Nvml& Nvml::operator=(Nvml&&) noexcept = default;
Nvml::~Nvml() = default;

std::unique_ptr<Nvml::Library> Nvml::load(const char* library) {
    auto lib = std::make_unique<Library>();
    lib->opened = SharedLibrary::open(library);
    const bool whole =
        lib->opened.find("nvmlInit_v2", lib->init) &&
        lib->opened.find("nvmlShutdown", lib->shutdown) &&
        lib->opened.find("nvmlDeviceGetHandleByIndex_v2", lib->device_by_index) &&
        lib->opened.find("nvmlDeviceGetHandleByPciBusId_v2", lib->device_by_bus) &&
        lib->opened.find("nvmlDeviceGetName", lib->device_name) &&
        lib->opened.find("nvmlDeviceGetUtilizationRates", lib->utilization) &&
        lib->opened.find("nvmlDeviceGetDecoderUtilization", lib->decoder) &&
        lib->opened.find("nvmlDeviceGetMemoryInfo", lib->memory) &&
        lib->opened.find("nvmlDeviceGetComputeRunningProcesses_v3", lib->processes) &&
        lib->opened.find("nvmlDeviceGetPcieThroughput", lib->pcie);
    if (!whole || lib->init() != success) return nullptr;
    lib->started = true;
    return lib;
}

std::optional<Nvml> Nvml::named(std::unique_ptr<Library> lib) {
    char name[96] = {};
    if (lib->device_name(lib->device, name, sizeof name) == success) lib->name = name;
    return Nvml(std::move(lib));
}

std::optional<Nvml> Nvml::open(int device, const char* library) {
    auto lib = device >= 0 ? load(library) : nullptr;
    if (!lib || lib->device_by_index(static_cast<unsigned>(device), &lib->device) != success) {
        return std::nullopt;
    }
    return named(std::move(lib));
}

std::optional<Nvml> Nvml::open(const std::string& pci_bus, const char* library) {
    auto lib = load(library);
    if (!lib || lib->device_by_bus(pci_bus.c_str(), &lib->device) != success) return std::nullopt;
    return named(std::move(lib));
}

std::optional<Nvml> Nvml::of_cuda_device(int ordinal) {
    if (ordinal < 0) return std::nullopt;
    const auto driver = probe_driver();
    if (!driver || static_cast<std::size_t>(ordinal) >= driver->devices.size()) return std::nullopt;
    return open(driver->devices[static_cast<std::size_t>(ordinal)].pci_bus);
}

GpuMemory Nvml::memory() const {
    const Library& lib = *library_;
    GpuMemory all;
    Memory memory;
    if (lib.memory(lib.device, &memory) == success) {
        all.total = memory.total;
        all.used = memory.used;
    }
    std::vector<Process> processes(64);
    auto count = static_cast<unsigned>(processes.size());
    if (lib.processes(lib.device, &count, processes.data()) != success) return all;
    for (unsigned i = 0; i < count && i < processes.size(); ++i) {
        constexpr auto unknown = static_cast<unsigned long long>(-1);
        if (processes[i].pid != static_cast<unsigned>(::getpid()) || processes[i].bytes == unknown)
            continue;
        all.own = processes[i].bytes;
    }
    return all;
}

const std::string& Nvml::name() const noexcept {
    return library_->name;
}

GpuSample Nvml::sample() const {
    // A counter that a GPU lacks reads 0.
    const Library& lib = *library_;
    GpuSample sample;
    Utilization use;
    if (lib.utilization(lib.device, &use) == success) sample.busy = use.gpu / 100.0;
    unsigned percent = 0, period_us = 0;
    if (lib.decoder(lib.device, &percent, &period_us) == success) sample.decoder = percent / 100.0;
    Memory memory;
    if (lib.memory(lib.device, &memory) == success) sample.memory_used = memory.used;
    unsigned kilobytes = 0;
    if (lib.pcie(lib.device, pcie_receive, &kilobytes) == success) sample.pcie_in = kilobytes * 1e3;
    if (lib.pcie(lib.device, pcie_send, &kilobytes) == success) sample.pcie_out = kilobytes * 1e3;
    return sample;
}

}  // namespace saccade::cuda
