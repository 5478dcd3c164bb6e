#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <utility>
#include <variant>

#include "cli/bench/suites.h"
#include "engine/model_store.h"
#include "engine/setup.h"
#include "infer/registry.h"
#include "media/source.h"
#include "model/inspect.h"
#include "model/onnx_model.h"

namespace saccade::cli::bench {
namespace {

using Steady = std::chrono::steady_clock;

double since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

/// The clip's first frames, so that the decoder has no part in it.
Result<std::vector<Frame>> some_frames(const Bench& bench, std::size_t count) {
    auto source = media::open_source(bench.clip, {.stop = bench.stop});
    if (!source) return fail(source.error());
    std::vector<Frame> frames;
    while (frames.size() < count) {
        auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (auto* frame = std::get_if<Frame>(&*event)) frames.push_back(std::move(*frame));
        if (std::holds_alternative<media::End>(*event)) break;
    }
    if (frames.empty()) return fail(ErrorCode::corrupt, bench.clip + ": no frame in it");
    return frames;
}

/// Frames a second through the detector.
Result<double> measure(detect::Detector& detector, const std::vector<Frame>& frames, std::size_t batch,
                       std::size_t count) {
    const auto start = Steady::now();
    std::size_t submitted = 0, collected = 0;
    std::vector<Frame> some;
    while (collected < count) {
        if (submitted < count && detector.in_flight() < detector.depth()) {
            some.clear();
            for (std::size_t i = 0; i < batch; ++i) {
                some.push_back(frames[(submitted + i) % frames.size()]);
            }
            if (auto done = detector.submit(some); !done) return fail(done.error());
            submitted += batch;
            continue;
        }
        const auto done = detector.collect();
        if (!done) return fail(done.error());
        collected += done->size();
    }
    return static_cast<double>(collected) / since(start);
}

/// What the detector runs on, once more, without its pre- and postprocessing.
Result<std::unique_ptr<infer::Backend>> backend_like(const Settings& settings,
                                                     const detect::DetectorInfo& info) {
    const auto path = engine::find_model(settings);
    if (!path) return fail(path.error());
    const auto onnx = model::OnnxModel::load(*path);
    if (!onnx) return fail(onnx.error());
    const auto spec = model::inspect(*onnx, {});
    if (!spec) return fail(spec.error());
    return infer::make_backend(
        *onnx, *spec,
        {.device = settings.device,
         .precision = info.backend.precision,
         .goal = infer::Goal::throughput,
         .max_batch = info.backend.max_batch,
         .height = info.input_height,
         .width = info.input_width,
         .threads = settings.threads,
         .cache_dir = (engine::cache_dir(settings) / "compiled").string()});
}

/// Images a second with all slots always under way.
Result<double> measure(infer::Backend& backend, int batch, std::size_t images) {
    const int slots = backend.info().slots;
    const int total = std::max(slots, static_cast<int>(images) / batch);
    const auto start = Steady::now();
    for (int done = 0, begun = 0; done < total; ++done) {
        for (; begun < total && begun - done < slots; ++begun) {
            if (auto started = backend.submit(begun % slots, batch); !started) {
                return fail(started.error());
            }
        }
        if (auto outputs = backend.wait(done % slots); !outputs) return fail(outputs.error());
    }
    return static_cast<double>(total) * batch / since(start);
}

}  // namespace

Result<double> measure_backend(const Bench& bench) {
    const auto detector = engine::open_detector(bench.settings, infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    const auto backend = backend_like(bench.settings, (*detector)->info());
    if (!backend) return fail(backend.error());
    auto values = repeat(bench, [&] { return measure(**backend, 1, bench.frames); });
    if (!values) return fail(values.error());
    return profile::median(std::move(*values));
}

Result<Rows> run_detector(Bench& bench) {
    const auto frames = some_frames(bench, 16);
    if (!frames) return fail(frames.error());
    Rows rows;
    for (const int batch : {1, 2, 4, 8}) {
        bench.say(fmt::format("detector, batch {}", batch));
        Settings settings = bench.settings;
        settings.batch = batch;
        auto detector = engine::open_detector(settings, infer::Goal::throughput);
        if (!detector) return fail(detector.error());
        if ((*detector)->max_batch() < batch) break;  // the network's batch is fixed
        const auto backend = backend_like(settings, (*detector)->info());
        if (!backend) return fail(backend.error());
        const auto size = static_cast<std::size_t>(batch);
        const std::size_t count = std::max<std::size_t>(bench.frames / size, 4) * size;
        // The limit is measured between the repetitions, under the same load of the machine.
        std::vector<double> limits;
        auto values = repeat(bench, [&]() -> Result<double> {
            const auto limit = measure(**backend, batch, bench.frames);
            if (!limit) return limit;
            limits.push_back(*limit);
            return measure(**detector, *frames, size, count);
        });
        if (!values) return fail(values.error());
        rows.push_back({.suite = "detector",
                        .name = fmt::format("batch {}", batch),
                        .unit = "frames/s",
                        .values = std::move(*values),
                        .x = static_cast<double>(batch),
                        .axis = "images a batch",
                        .limit = profile::median(limits),
                        .limit_name = "backend alone"});
        if (batch == 1) bench.backend_alone = rows.back().limit;
    }
    return rows;
}

}  // namespace saccade::cli::bench
