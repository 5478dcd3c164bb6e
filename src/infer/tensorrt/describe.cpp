#include <fmt/format.h>

#include "cuda/driver.h"
#include "cuda/runtime.h"
#include "infer/tensorrt/library.h"
#include "infer/tensorrt/target.h"

namespace saccade::infer {
namespace tensorrt {

Result<Opened> open_for_device(Device wanted) {
    const auto driver = cuda::probe_driver();
    if (!driver) return fail(driver.error());
    const auto count = static_cast<int>(driver->devices.size());
    if (wanted.is_host() || wanted.cuda >= count) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("there is no GPU {}", to_string(wanted)),
                    fmt::format("use cuda:0 to cuda:{}", count - 1));
    }
    const cuda::Device& device = driver->devices[static_cast<std::size_t>(wanted.cuda)];
    auto library = open_best(device.capability(), false);
    if (!library) return fail(library.error());
    return Opened{std::move(*library), {device.name, device.capability(), false}, wanted.cuda};
}

Result<Opened> open_for_capability(int capability) {
    auto library = open_best(capability, true);
    if (!library) return fail(library.error());
    return Opened{std::move(*library), {"", capability, true}, -1};
}

}  // namespace tensorrt

BackendDescription describe_tensorrt() {
    BackendDescription description;
    description.name = "tensorrt";
    const auto driver = cuda::probe_driver();
    if (!driver) {  // `auto` asks at every start: libraries of 230 MB are not opened for that
        description.remedy = driver.error().line();
        if (const auto files = tensorrt::library_files(); !files.empty()) {
            description.remedy += "; engines for other machines can be built here (saccade build)";
        }
        return description;
    }
    const auto libraries = tensorrt::find_libraries();
    for (const auto& found : libraries) {
        description.version += (description.version.empty() ? "" : ", ") + to_string(found.version);
    }
    for (const cuda::Device& device : driver->devices) {
        std::string use = "no TensorRT for it";
        for (const auto& found : libraries) {
            if (!tensorrt::runs_on(found.version.kind, device.capability())) continue;
            use = to_string(found.version);
            description.available = true;
            break;
        }
        description.devices.push_back(
            {.device = {device.ordinal},
             .what = fmt::format("{} ({}.{}, {} GiB, driver for CUDA {}; {})", device.name,
                                 device.capability_major, device.capability_minor,
                                 device.memory >> 30U, cuda::version_text(driver->version), use)});
    }
    if (!description.available) {
        const auto missing = tensorrt::open_best(driver->devices.front().capability(), false);
        if (!missing) description.remedy = missing.error().line();
    }
    return description;
}

Result<BuiltEngine> build_tensorrt_engine(const model::Network& network, const EngineBuild& build) {
    // What can't be kept need not be built.
    if (const auto kept = tensorrt::EngineCache::open(build.cache_dir); !kept)
        return fail(kept.error());
    auto opened = build.capability > 0 ? tensorrt::open_for_capability(build.capability)
                                       : tensorrt::open_for_device(build.device);
    if (!opened) return fail(opened.error());
    const auto prepare = [&] {
        return tensorrt::prepare_engine(*opened->library, network.graph, network.spec, build,
                                        opened->target);
    };
    auto prepared = cuda::guarded([&] {
        if (opened->ordinal < 0) return prepare();  // a builder that needs no GPU
        const cuda::DeviceScope scope(opened->ordinal);
        return prepare();
    });
    if (!prepared) return fail(prepared.error());
    if (!*prepared) return fail(prepared->error());
    return std::move((*prepared)->report);
}

}  // namespace saccade::infer
