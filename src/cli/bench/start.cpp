#include <chrono>
#include <filesystem>

#include "cli/bench/suites.h"
#include "engine/setup.h"
#include "saccade/engine.h"

namespace saccade::cli::bench {

Result<Rows> run_start(Bench& bench) {
    namespace fs = std::filesystem;
    Bench own = bench;
    // A cache of its own: nobody's is emptied. A packed model is unpacked into it as well.
    own.settings.cache_dir = (bench.scratch / "cache").string();
    const auto load = [&]() -> Result<double> {
        const auto start = std::chrono::steady_clock::now();
        const auto detector = engine::open_detector(own.settings, infer::Goal::throughput);
        if (!detector) return fail(detector.error());
        return 1e3 * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    bench.say("start, cold");
    auto cold = repeat(bench, [&] {
        std::error_code ignored;
        fs::remove_all(own.settings.cache_dir, ignored);
        return load();
    });
    if (!cold) return fail(cold.error());
    bench.say("start, warm");
    auto warm = repeat(bench, load);
    if (!warm) return fail(warm.error());
    bench.say("first result");
    auto first = repeat(bench, [&]() -> Result<double> {
        Settings settings = own.settings;
        settings.save = {"mot"};
        settings.out = (bench.scratch / "out").string();
        std::stop_source enough;
        RunHooks hooks;
        hooks.stop = enough.get_token();
        hooks.on_result = [&](const std::string&, const FrameResult&) { enough.request_stop(); };
        const auto summary = run(Mode::track, settings, {bench.clip}, hooks);
        if (!summary) return fail(summary.error());
        return summary->streams.front().first_result_ms;
    });
    if (!first) return fail(first.error());
    const auto row = [](const char* name, std::vector<double> values) {
        return profile::BenchRow{.suite = "start",
                                 .name = name,
                                 .unit = "ms",
                                 .higher_is_better = false,
                                 .values = std::move(values)};
    };
    return Rows{row("load, empty cache", std::move(*cold)), row("load, filled cache", std::move(*warm)),
                row("opened to first result", std::move(*first))};
}

}  // namespace saccade::cli::bench
