#include "engine/devices.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "core/patience.h"
#include "engine/device_list.h"
#include "memory/device_memory.h"
#include "pipeline/refine.h"

namespace saccade::engine {

using SteadyTime = std::chrono::steady_clock;

namespace {

/// Images of a batch that doesn't wait to be full: crops of the streams of one of `devices`, and
/// what frames have come meanwhile.
int small_batch(const Settings& settings, std::size_t sources, std::size_t devices) {
    if (!settings.refine) return 0;
    const std::size_t streams =
        settings.streams > 0 ? std::min(settings.streams, sources) : sources;
    const auto on_each =
        static_cast<int>(std::min<std::size_t>((streams + devices - 1) / devices, 64));
    return on_each * (pipeline::crops_under_way * settings.refine_budget + 2);
}

}  // namespace

Result<std::unique_ptr<EngineDevices>> EngineDevices::plan(
    const Settings& settings, std::shared_ptr<const model::PreparedModel> model, infer::Goal goal,
    std::size_t sources, std::stop_token stop) {
    auto detector = plan_detector(settings, goal, std::move(model));
    if (!detector) return fail(detector.error());
    auto used = device_list(detector->device);
    if (!used) return fail(used.error());
    detector->options.backend.small_batch = small_batch(settings, sources, used->size());
    detector->options.backend.stop = stop;
    std::unique_ptr<EngineDevices> devices(
        new EngineDevices(settings, std::move(*detector), std::move(*used), std::move(stop)));
    for (std::size_t i = 0; i < devices->used_.size(); ++i) {
        const int gpu = devices->cuda_ordinal(i);
        Memory memory{.probe = memory::probe_for(gpu)};
        const auto limit =
            memory::limit_in_bytes(devices->detector_.memory, gpu, memory.probe.get());
        if (!limit) return fail(limit.error());
        memory.limit = *limit;
        if (memory.probe) memory.others = memory.probe->read().others;
        devices->memories_.push_back(std::move(memory));
    }
    return devices;
}

Result<std::shared_ptr<detect::Detector>> EngineDevices::make(std::size_t device, Size input) {
    const auto start = SteadyTime::now();
    detect::DetectorOptions options = detector_.options;
    options.input = input;
    options.backend.device = used_[device];
    const Memory& memory = memories_[device];
    if (memory.limit > 0 && !used_[device].is_host()) {
        options.backend.memory_in_use = memory.limit + memory.others;
    }
    // Once: a device that was full for so long would keep each of its streams waiting, and those of
    // others.
    Patience patience{.pause = std::chrono::milliseconds(250)};
    if (memories_[device].waited_for) patience.total = {};
    auto made =
        while_no_memory([&] { return load_detector(options, settings_.warmup); }, patience, stop_,
                        [&] {
                            memories_[device].waited_for = true;
                            log::warning("no memory for {} on {}: waiting for others to free some",
                                         detector_.options.model->name(), to_string(used_[device]));
                        });
    if (!made) return fail(made.error());
    const auto took = SteadyTime::now() - start;
    const detect::DetectorInfo& info = (*made)->info();
    log::info("{}: {} at {}x{} loaded in {:.2f} s", to_string(used_[device]), info.model,
              info.input_width, info.input_height, std::chrono::duration<double>(took).count());
    if (const auto told = std::exchange(on_first_, nullptr)) told(info, took);
    return std::shared_ptr<detect::Detector>(std::move(*made));
}

Result<pipeline::DeviceMemory> EngineDevices::memory(std::size_t device,
                                                     const detect::DetectorInfo& /*info*/) {
    return pipeline::DeviceMemory{.probe = std::move(memories_[device].probe),
                                  .limit = memories_[device].limit};
}

}  // namespace saccade::engine
