#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>

#include "bench/suites.h"
#include "engine/device_list.h"
#include "engine/setup.h"
#include "saccade/engine.h"
#include "settings/table.h"

namespace saccade::bench {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

double ms_since(Steady::time_point start) {
    return 1e3 * seconds_since(start);
}

Result<double> load(const Settings& settings) {
    const auto start = Steady::now();
    const auto detector = engine::open_detector(settings, infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    return ms_since(start);
}

/// With no cache, again and again; an engine that takes minutes to build is built only once.
Result<std::vector<double>> cold_starts(const Bench& bench, const Settings& settings) {
    constexpr double enough_ms = 20'000;
    std::vector<double> values;
    double sum = 0;
    for (int i = -1; i < bench.repetitions && sum < enough_ms; ++i) {
        if (bench.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        std::error_code ignored;
        fs::remove_all(settings.cache_dir, ignored);
        const auto value = load(settings);
        if (!value) return fail(value.error());
        sum += *value;
        if (i >= 0 || sum >= enough_ms) values.push_back(*value);
    }
    return values;
}

/// Milliseconds of the first batch that a detector gets, a single frame, and of later ones.
struct FirstBatch {
    double first = 0, later = 0;
};

Result<FirstBatch> first_batch(const Settings& settings, const std::vector<Frame>& frames) {
    const auto detector = engine::open_detector(settings, infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    std::vector<double> ms;
    for (const Frame& frame : frames) {
        const auto start = Steady::now();
        if (auto done = (*detector)->submit({&frame, 1}); !done) return fail(done.error());
        if (const auto done = (*detector)->collect(); !done) return fail(done.error());
        ms.push_back(ms_since(start));
    }
    return FirstBatch{.first = ms.front(), .later = profile::median({ms.begin() + 1, ms.end()})};
}

/// From opening the source until its first result was written.
Result<double> first_result(Settings settings, const std::string& clip) {
    std::stop_source enough;
    RunHooks hooks;
    hooks.stop = enough.get_token();
    hooks.on_result = [&](const std::string&, const FrameResult&) { enough.request_stop(); };
    const auto summary = run(Mode::track, settings, {clip}, hooks);
    if (!summary) return fail(summary.error());
    if (summary->streams.front().error) return fail(*summary->streams.front().error);
    return summary->streams.front().first_result_ms;
}

/// Our variables without those of the settings, and the settings as variables.
std::vector<std::string> environment_of(const Settings& settings) {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (!std::string_view(*entry).starts_with("SACCADE_")) environment.emplace_back(*entry);
    }
    for (const settings::Row& row : settings::table()) {
        std::string name = "SACCADE_" + row.key;
        for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        if (const std::string value = row.get(settings); !value.empty()) {
            environment.push_back(name + "=" + value);
        }
    }
    return environment;
}

/// This program once more, from its start to its end.
Result<double> whole_program(const Settings& settings, const std::string& clip) {
    std::vector<std::string> words{"saccade", "track", clip, "--quiet"},
        variables = environment_of(settings);
    const auto pointers = [](std::vector<std::string>& strings) {
        std::vector<char*> all;
        for (std::string& s : strings) all.push_back(s.data());
        all.push_back(nullptr);
        return all;
    };
    const auto start = Steady::now();
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr,
                                     pointers(words).data(), pointers(variables).data());
    if (failed != 0) {
        return fail(ErrorCode::unavailable,
                    fmt::format("this program can't be started again: {}", std::strerror(failed)));
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return fail(ErrorCode::internal,
                    fmt::format("saccade track {}: failed when started by bench", clip),
                    "run it by itself to see why");
    }
    return ms_since(start);
}

profile::BenchRow row_of(const char* name, std::vector<double> values) {
    return {.suite = "start",
            .name = name,
            .unit = "ms",
            .higher_is_better = false,
            .values = std::move(values)};
}

}  // namespace

Result<Rows> first_frame_rows(const Bench& bench, const Settings& settings, int cuda_device) {
    constexpr std::size_t enough = 24;
    const auto frames = some_frames(bench, cuda_device, enough);
    if (!frames) return fail(frames.error());
    std::vector<double> cold, warm, later;
    for (int i = 0; i < bench.repetitions; ++i) {
        Settings unwarmed = settings;
        unwarmed.warmup = 0;
        const auto without = first_batch(unwarmed, *frames);
        if (!without) return fail(without.error());
        const auto with = first_batch(settings, *frames);
        if (!with) return fail(with.error());
        cold.push_back(without->first);
        warm.push_back(with->first);
        later.push_back(with->later);
    }
    return Rows{row_of("first frame detected, no warm-up", std::move(cold)),
                row_of("first frame detected, warmed up", std::move(warm)),
                row_of("a later frame detected", std::move(later))};
}

Result<Rows> run_start(Bench& bench) {
    Settings settings = bench.settings;
    // A cache of its own: nobody's is emptied. A packed model is unpacked into it as well.
    settings.cache_dir = (bench.scratch / "cache").string();
    settings.save = {"mot"};
    settings.out = (bench.scratch / "out").string();
    bench.say("start, cold");
    auto cold = cold_starts(bench, settings);
    if (!cold) return fail(cold.error());
    bench.say("start, warm");
    auto warm = repeat(bench, [&] { return load(settings); });
    if (!warm) return fail(warm.error());
    bench.say("first result");
    auto first = repeat(bench, [&] { return first_result(settings, bench.clip); });
    if (!first) return fail(first.error());
    bench.say("the whole program");
    const auto one_frame = clip_of(bench, 1);
    if (!one_frame) return fail(one_frame.error());
    auto whole = repeat(bench, [&] { return whole_program(settings, *one_frame); });
    if (!whole) return fail(whole.error());
    bench.say("the first frame");
    auto frames = first_frame_rows(bench, settings, engine::first_gpu(settings));
    if (!frames) return fail(frames.error());
    Rows rows{row_of("load, empty cache", std::move(*cold)),
              row_of("load, filled cache", std::move(*warm)),
              row_of("opened to first result", std::move(*first)),
              row_of("program start to end, 1 frame", std::move(*whole))};
    rows.insert(rows.end(), std::make_move_iterator(frames->begin()),
                std::make_move_iterator(frames->end()));
    return rows;
}

}  // namespace saccade::bench
