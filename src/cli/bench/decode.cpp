#include <chrono>
#include <fmt/format.h>
#include <variant>

#include "cli/bench/suites.h"
#include "media/source.h"

namespace saccade::cli::bench {

Result<double> measure_decode(const Bench& bench, const std::string& clip, int threads) {
    const auto start = std::chrono::steady_clock::now();
    auto source = media::open_source(clip, {.decoder_threads = threads, .stop = bench.stop});
    if (!source) return fail(source.error());
    std::uint64_t frames = 0;
    for (;;) {
        const auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (std::holds_alternative<Frame>(*event)) ++frames;
        if (std::holds_alternative<media::End>(*event)) break;
    }
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    return static_cast<double>(frames) / passed.count();
}

Result<Rows> run_decode(Bench& bench) {
    Rows rows;
    for (const int threads : {1, 2, 4, 0}) {
        if (threads > bench.settings.decoder_threads && bench.settings.decoder_threads > 0) continue;
        const std::string name =
            threads == 0 ? std::string("threads as chosen") : fmt::format("{} thread{}", threads,
                                                                          threads == 1 ? "" : "s");
        bench.say("decode, " + name);
        auto values = repeat(bench, [&] { return measure_decode(bench, bench.clip, threads); });
        if (!values) return fail(values.error());
        if (threads == 0) bench.decode_alone = profile::median(*values);
        rows.push_back({.suite = "decode",
                        .name = name,
                        .unit = "frames/s",
                        .values = std::move(*values)});
    }
    return rows;
}

}  // namespace saccade::cli::bench
