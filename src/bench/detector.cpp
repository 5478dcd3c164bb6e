#include <fmt/format.h>
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "bench/feeder.h"
#include "bench/limits.h"
#include "bench/suites.h"
#include "engine/setup.h"

namespace saccade::bench {
namespace {

Result<profile::BenchRow> row_of(const Bench& bench, const Device& device,
                                 detect::Detector& detector, BackendAlone& backend,
                                 const std::vector<Frame>& frames, int batch) {
    bench.say(fmt::format("detector, batch {}", batch));
    const auto size = static_cast<std::size_t>(batch);
    const auto batches = std::max<std::size_t>(bench.frames / size, 4);
    Feeder feeder(detector, frames, size);
    // The limit is measured between the repetitions, under the same load of the machine.
    std::vector<double> limits, latencies;
    Usage usage(device);
    auto values = repeat(bench, [&]() -> Result<double> {
        auto limit = backend.measure(batch, bench.frames);
        if (!limit) return limit;
        limits.push_back(*limit);
        usage.begin();
        auto rate = feeder.throughput(batches);
        usage.end();
        if (!rate) return rate;
        // A quarter of the frames is enough: alone they take longer.
        const auto alone = feeder.latencies(std::max<std::size_t>(batches / 4, 4), latencies);
        if (!alone) return fail(alone.error());
        return rate;
    });
    if (!values) return fail(values.error());
    limits.erase(limits.begin());
    latencies.erase(
        latencies.begin(),
        latencies.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(batches / 4, 4)));
    const profile::Distribution alone = profile::distribution_of(latencies);
    profile::BenchRow row{.suite = "detector",
                          .name = fmt::format("batch {}", batch),
                          .unit = "frames/s",
                          .values = std::move(*values),
                          .x = static_cast<double>(batch),
                          .axis = "images a batch",
                          .limit = profile::median(limits),
                          .limit_name = "backend alone",
                          .details = {{"alone p50, ms", alone.p50}, {"alone p99, ms", alone.p99}}};
    usage.put(row);
    return row;
}

}  // namespace

Result<Rows> run_detector(Bench& bench) {
    const auto device = device_of(bench);
    if (!device) return fail(device.error());
    const bool gpu = device->cuda >= 0;
    std::vector<int> batches = bench.batches;
    if (batches.empty())
        batches = gpu ? std::vector{1, 2, 4, 8, 16, 32, 64} : std::vector{1, 2, 4, 8};
    const auto frames = some_frames(bench, device->cuda, 16);
    if (!frames) return fail(frames.error());

    // An engine of a GPU takes minutes to build: one for the largest batch runs them all, the small
    // ones as a live run would have them. On a CPU each is loaded for its batch, because buffers
    // and requests are made for it.
    constexpr int small_batch = 4;
    Settings settings = bench.settings;
    settings.batch = *std::max_element(batches.begin(), batches.end());
    auto goal = infer::Goal::throughput;
    std::unique_ptr<detect::Detector> detector;
    std::optional<BackendAlone> backend;
    Rows rows;
    for (const int batch : batches) {
        const auto suits =
            gpu && batch <= small_batch ? infer::Goal::latency : infer::Goal::throughput;
        if (!gpu || detector == nullptr || goal != suits) {
            if (!gpu) settings.batch = batch;
            goal = suits;
            backend.reset();
            detector.reset();
            auto opened = engine::open_detector(settings, goal);
            if (!opened) return fail(opened.error());
            auto alone = BackendAlone::open(settings, goal, (*opened)->info());
            if (!alone) return fail(alone.error());
            detector = std::move(*opened);
            backend.emplace(std::move(*alone));
        }
        if (detector->max_batch() < batch) continue;  // the network's batch is fixed
        auto row = row_of(bench, *device, *detector, *backend, *frames, batch);
        if (!row) return fail(row.error());
        rows.push_back(std::move(*row));
    }
    return rows;
}

}  // namespace saccade::bench
