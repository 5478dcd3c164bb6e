#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "bench/limits.h"
#include "bench/suites.h"
#include "media/capabilities.h"
#include "media/synthetic.h"

namespace saccade::bench {
namespace {

Result<profile::BenchRow> decode_row(const Bench& bench, const Device& device, std::string name,
                                     const std::string& clip, const DecodeOptions& options) {
    bench.say("decode, " + name);
    Usage usage(device);
    auto values = repeat(bench, [&] {
        usage.begin();
        auto rate = measure_decode(bench, clip, options);
        usage.end();
        return rate;
    });
    if (!values) return fail(values.error());
    profile::BenchRow row{.suite = "decode",
                          .name = std::move(name),
                          .unit = "frames/s",
                          .values = std::move(*values)};
    usage.put(row);
    return row;
}

}  // namespace

Result<Rows> run_decode(Bench& bench) {
    const auto device = device_of(bench);
    if (!device) return fail(device.error());
    Rows rows;
    const auto add = [&](std::string name, std::size_t frames,
                         const DecodeOptions& options) -> Result<void> {
        const auto clip = clip_of(bench, frames);
        if (!clip) return fail(clip.error());
        auto row = decode_row(bench, *device, std::move(name), *clip, options);
        if (!row) return fail(row.error());
        rows.push_back(std::move(*row));
        return {};
    };
    for (const int threads : {1, 2, 4, 0}) {
        if (threads > bench.settings.decoder_threads && bench.settings.decoder_threads > 0)
            continue;
        std::string name = threads == 0
                               ? std::string("threads as the codec likes")
                               : fmt::format("{} thread{}", threads, threads == 1 ? "" : "s");
        // So many, or so long, are enough for a CPU, whatever a GPU needs to be kept busy.
        constexpr std::size_t enough = 2000;
        constexpr std::chrono::seconds long_enough{10};
        if (auto done = add(std::move(name), std::min(bench.frames, enough),
                            {.threads = threads, .at_most = long_enough});
            !done) {
            return fail(done.error());
        }
    }
    const bool gpu = device->cuda >= 0;
    const auto cores = static_cast<std::size_t>(std::thread::hardware_concurrency());
    std::set<std::size_t> shared{2, 4, 7};
    if (bench.clip.starts_with(media::synthetic_prefix)) {
        shared.clear();  // is no file
    } else if (gpu) {
        const auto engines =
            static_cast<std::size_t>(media::nvdec_engines(device->cuda).value_or(1));
        shared = {2, 4, engines, 2 * engines};
    }
    for (const std::size_t decoders : shared) {
        if (decoders < 2 || (!gpu && decoders > cores)) continue;
        std::string name = gpu ? fmt::format("GPU, {} decoders share the file", decoders)
                               : fmt::format("{} decoders of 1 thread share the file", decoders);
        const DecodeOptions options{
            .threads = gpu ? 0 : 1, .cuda_device = device->cuda, .decoders = decoders};
        if (auto done = add(std::move(name), bench.frames, options); !done)
            return fail(done.error());
    }
    if (!gpu) return rows;
    const std::vector<int> counts =
        bench.counts.empty() ? std::vector{1, 2, 4, 7, 8, 16} : bench.counts;
    for (const int count : counts) {
        const auto streams = static_cast<std::size_t>(count);
        std::string name = fmt::format("GPU, {} stream{}", count, count == 1 ? "" : "s");
        if (auto done = add(std::move(name), std::max<std::size_t>(bench.frames / streams, 1),
                            {.cuda_device = device->cuda, .streams = streams});
            !done) {
            return fail(done.error());
        }
    }
    return rows;
}

}  // namespace saccade::bench
