#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "bench/accuracy.h"
#include "bench/feeder.h"
#include "bench/suites.h"
#include "engine/model_store.h"
#include "engine/setup.h"

namespace saccade::bench {
namespace {

namespace fs = std::filesystem;

/// Of single frames, nothing else under way, as a live run would load the network.
Result<profile::Distribution> latency_of(const Settings& settings,
                                         const std::vector<Frame>& frames) {
    constexpr std::size_t warm_batches = 4, counted_batches = 32;
    const auto detector = engine::open_detector(settings, infer::Goal::latency);
    if (!detector) return fail(detector.error());
    Feeder feeder(**detector, frames, 1);
    std::vector<double> ms;
    if (auto done = feeder.latencies(warm_batches + counted_batches, ms); !done)
        return fail(done.error());
    return profile::distribution_of({ms.begin() + warm_batches, ms.end()});
}

}  // namespace

Result<eval::CocoSummary> model_accuracy(const Bench& bench, const Settings& settings,
                                         const eval::CocoDataset& dataset) {
    const auto detector =
        engine::open_detector(accuracy_settings(settings, false), infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    const auto accuracy =
        measure_accuracy(dataset, images_beside(bench.coco), **detector, bench.stop);
    if (!accuracy) return fail(accuracy.error());
    return accuracy->summary;
}

Result<profile::BenchRow> model_row(const Bench& bench, const Settings& settings,
                                    const eval::CocoDataset* dataset) {
    const auto path = engine::find_model(settings);
    if (!path) return fail(path.error());
    profile::BenchRow row{
        .suite = "models", .name = fs::path(settings.model).stem().string(), .unit = "frames/s"};
    bench.say("models, " + row.name);
    {
        const auto detector = engine::open_detector(settings, infer::Goal::throughput);
        if (!detector) return fail(detector.error());
        const detect::DetectorInfo& info = (*detector)->info();
        const auto frames = some_frames(bench, info.cuda_device, 16);
        if (!frames) return fail(frames.error());
        const auto batch = static_cast<std::size_t>((*detector)->max_batch());
        Feeder feeder(**detector, *frames, batch);
        Usage usage({.cuda = info.cuda_device});
        auto values = repeat(bench, [&] {
            usage.begin();
            auto rate = feeder.throughput(std::max<std::size_t>(bench.frames / batch, 4));
            usage.end();
            return rate;
        });
        if (!values) return fail(values.error());
        row.values = std::move(*values);
        usage.put(row);
        std::error_code unknown;
        const auto bytes = fs::file_size(*path, unknown);
        row.details.push_back({"input, px", static_cast<double>(info.input_width)});
        row.details.push_back({"batch", static_cast<double>(batch)});
        row.details.push_back(
            {"network, MB", 1e-6 * static_cast<double>((*detector)->memory().held)});
        if (!unknown) row.details.push_back({"file, MB", 1e-6 * static_cast<double>(bytes)});
        const auto alone = latency_of(settings, *frames);
        if (!alone) return fail(alone.error());
        row.details.push_back({"one frame p50, ms", alone->p50});
        row.details.push_back({"one frame p99, ms", alone->p99});
    }
    if (dataset == nullptr) return row;
    bench.say("models, " + row.name + ", accuracy");
    const auto accuracy = model_accuracy(bench, settings, *dataset);
    if (!accuracy) return fail(accuracy.error());
    row.details.push_back({"mAP50-95, %", 100 * accuracy->ap});
    row.details.push_back({"mAP50, %", 100 * accuracy->ap50});
    return row;
}

namespace {

/// Tells those that no other model beats in both, speed and accuracy: one of them is the one to
/// choose.
void tell_pareto_optimal(Rows& rows) {
    std::vector<profile::Tradeoff> tradeoffs;
    for (const profile::BenchRow& row : rows) {
        const auto map =
            std::find_if(row.details.begin(), row.details.end(),
                         [](const auto& detail) { return detail.name == "mAP50-95, %"; });
        tradeoffs.push_back({row.spread().median, map->value});
    }
    const std::vector<bool> optimal = profile::pareto_optimal(tradeoffs);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].details.push_back({"Pareto-optimal", optimal[i] ? 1.0 : 0.0});
    }
}

}  // namespace

Result<Rows> run_models(Bench& bench) {
    std::optional<eval::CocoDataset> dataset;
    if (!bench.coco.empty()) {
        auto loaded = eval::CocoDataset::load(bench.coco);
        if (!loaded) return fail(loaded.error());
        dataset.emplace(std::move(*loaded));
    }
    std::vector<std::string> models = bench.models;
    if (models.empty()) models.push_back(bench.settings.model);
    Rows rows;
    for (const std::string& model : models) {
        Settings settings = bench.settings;
        settings.model = model;
        auto row = model_row(bench, settings, dataset ? &*dataset : nullptr);
        if (!row) return fail(row.error());
        rows.push_back(std::move(*row));
    }
    if (dataset) tell_pareto_optimal(rows);
    return rows;
}

}  // namespace saccade::bench
