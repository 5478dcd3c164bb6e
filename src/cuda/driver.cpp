#include "cuda/driver.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <mutex>
#include <utility>

#include "core/shared_library.h"

namespace saccade::cuda {

std::string version_text(int version) {
    return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

namespace {

constexpr const char* install_driver =
    "install the NVIDIA driver 580 or newer, or use --device cpu";

// The driver's C interface, from its documentation: CUresult and CUdevice are ints.
constexpr int success = 0, error_no_device = 100;
constexpr int attribute_major = 75, attribute_minor = 76;

struct Api {
    int (*init)(unsigned) = nullptr;
    int (*driver_version)(int*) = nullptr;
    int (*device_count)(int*) = nullptr;
    int (*device_get)(int*, int) = nullptr;
    int (*device_name)(char*, int, int) = nullptr;
    int (*device_attribute)(int*, int, int) = nullptr;
    int (*device_memory)(std::size_t*, int) = nullptr;
    int (*device_pci_bus)(char*, int, int) = nullptr;
};

bool find_all(const SharedLibrary& library, Api& api) {
    return library.find("cuInit", api.init) &&
           library.find("cuDriverGetVersion", api.driver_version) &&
           library.find("cuDeviceGetCount", api.device_count) &&
           library.find("cuDeviceGet", api.device_get) &&
           library.find("cuDeviceGetName", api.device_name) &&
           library.find("cuDeviceGetAttribute", api.device_attribute) &&
           library.find("cuDeviceTotalMem_v2", api.device_memory) &&
           library.find("cuDeviceGetPCIBusId", api.device_pci_bus);
}

Result<Device> ask_device(const Api& api, int ordinal) {
    Device device;
    device.ordinal = ordinal;
    std::array<char, 256> name{};
    std::array<char, 32> bus{};
    int handle = 0;
    if (api.device_get(&handle, ordinal) != success ||
        api.device_name(name.data(), static_cast<int>(name.size()) - 1, handle) != success ||
        api.device_attribute(&device.capability_major, attribute_major, handle) != success ||
        api.device_attribute(&device.capability_minor, attribute_minor, handle) != success ||
        api.device_memory(&device.memory, handle) != success ||
        api.device_pci_bus(bus.data(), static_cast<int>(bus.size()), handle) != success) {
        return fail(ErrorCode::unavailable,
                    fmt::format("the NVIDIA driver does not answer for device {}", ordinal),
                    "see `nvidia-smi`");
    }
    device.name = name.data();
    device.pci_bus = bus.data();
    return device;
}

/// Keeps the library open in `kept` where it answers: what cuInit began would end with it.
Result<Driver> ask_driver(const std::string& library, SharedLibrary& kept) {
    auto opened = SharedLibrary::open(library);
    if (!opened) {
        return fail(ErrorCode::unavailable, fmt::format("no NVIDIA driver here ({})", library),
                    install_driver);
    }
    Api api;
    if (!find_all(opened, api)) {
        return fail(ErrorCode::unavailable, fmt::format("{} is no whole NVIDIA driver", library),
                    install_driver);
    }
    Driver driver;
    if (api.driver_version(&driver.version) != success || driver.version < least_driver_version) {
        return fail(ErrorCode::unavailable,
                    fmt::format("the NVIDIA driver is for CUDA {}, older than {}",
                                version_text(driver.version), version_text(least_driver_version)),
                    install_driver);
    }
    int count = 0;
    const int started = api.init(0);
    if (started == error_no_device ||
        (started == success && (api.device_count(&count) != success || count == 0))) {
        return fail(ErrorCode::unavailable, "the NVIDIA driver sees no GPU",
                    "see `nvidia-smi` and CUDA_VISIBLE_DEVICES, or use --device cpu");
    }
    if (started != success) {
        return fail(ErrorCode::unavailable,
                    fmt::format("the NVIDIA driver does not start (CUDA error {})", started),
                    "see `nvidia-smi`, or use --device cpu");
    }
    for (int i = 0; i < count; ++i) {
        auto device = ask_device(api, i);
        if (!device) return fail(device.error());
        driver.devices.push_back(std::move(*device));
    }
    kept = std::move(opened);
    return driver;
}

}  // namespace

Result<Driver> probe_driver(const std::string& library) {
    struct Known {
        SharedLibrary opened;
        Driver driver;
    };
    static std::mutex mutex;
    // Never freed: other libraries' threads may use the driver until the very end.
    static Known* known = nullptr;
    const std::lock_guard lock(mutex);
    const bool usual = library == default_library;
    if (usual && known != nullptr) return known->driver;
    SharedLibrary opened;
    auto driver = ask_driver(library, opened);
    if (driver && usual) known = new Known{std::move(opened), *driver};
    return driver;
}

Result<int> device_ordinal(const std::string& name) {
    if (name == "cuda") return 0;
    int ordinal = -1;
    if (name.starts_with("cuda:")) {
        const char* const begin = name.data() + 5;
        const char* const end = name.data() + name.size();
        const auto [stop, error] = std::from_chars(begin, end, ordinal);
        if (error == std::errc{} && stop == end && *begin != '-') return ordinal;
    }
    return fail(ErrorCode::invalid_argument, fmt::format("'{}' names no GPU", name),
                "use cuda:0, cuda:1 ...");
}

}  // namespace saccade::cuda
