#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "bench/limits.h"
#include "bench/suites.h"
#include "saccade/engine.h"

namespace saccade::bench {
namespace {

/// The whole engine over some streams, again and again.
class WholeRun {
  public:
    WholeRun(const Bench& bench, const Device& device, Settings settings,
             std::vector<std::string> sources)
        : bench_(bench),
          settings_(std::move(settings)),
          sources_(std::move(sources)),
          usage_(device) {
        settings_.save = {"mot"};
        settings_.out = (bench.scratch / "out").string();
        settings_.streams = sources_.size();
    }

    /// Frames a second of all streams from the first source opened to the last output finished; the
    /// time to load the network is not in it.
    Result<double> measure() {
        RunHooks hooks{.stop = bench_.stop};
        bool begun = false;
        hooks.on_loaded = [&](const RunSummary&) {
            usage_.begin();
            begun = true;
        };
        const auto summary = run(Mode::track, settings_, sources_, hooks);
        if (begun) usage_.end();
        if (!summary) return fail(summary.error());
        for (const StreamSummary& stream : summary->streams) {
            if (stream.error) return fail(*stream.error);
        }
        if (bench_.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        double p50 = 0, p99 = 0;
        for (const StreamSummary& stream : summary->streams) {
            for (const StageTime& stage : stream.stages) {
                if (stage.stage != "latency") continue;
                p50 += stage.p50 / static_cast<double>(summary->streams.size());
                p99 = std::max(p99, stage.p99);
            }
        }
        p50_.push_back(p50);
        p99_.push_back(p99);
        return summary->fps;
    }

    /// Use of the machine, and the time from decoded to written: median of the streams' medians,
    /// the worst of their 99th percentiles.
    void put(profile::BenchRow& row) const {
        row.details.push_back({"latency p50, ms", profile::median(p50_)});
        row.details.push_back({"latency p99, ms", profile::median(p99_)});
        usage_.put(row);
    }

  private:
    const Bench& bench_;
    Settings settings_;
    const std::vector<std::string> sources_;
    Usage usage_;
    std::vector<double> p50_, p99_;
};

Result<profile::BenchRow> measure_row(Bench& bench, const Settings& settings,
                                      const std::string& clip, std::size_t streams) {
    const auto device = device_of(bench);
    if (!device) return fail(device.error());
    auto limit = RunLimit::prepare(bench, settings, clip, streams);
    if (!limit) return fail(limit.error());
    WholeRun whole(bench, *device, settings, std::vector<std::string>(streams, clip));
    auto values = repeat(bench, [&]() -> Result<double> {
        if (auto done = limit->measure(); !done) return fail(done.error());
        return whole.measure();
    });
    if (!values) return fail(values.error());
    profile::BenchRow row{.unit = "frames/s", .values = std::move(*values)};
    whole.put(row);
    limit->put(row);
    return row;
}

}  // namespace

Result<profile::BenchRow> whole_run_row(Bench& bench, const Settings& settings,
                                        const std::string& clip, std::size_t streams) {
    const auto device = device_of(bench);
    if (!device) return fail(device.error());
    WholeRun whole(bench, *device, settings, std::vector<std::string>(streams, clip));
    auto values = repeat(bench, [&] { return whole.measure(); });
    if (!values) return fail(values.error());
    profile::BenchRow row{.unit = "frames/s", .values = std::move(*values)};
    whole.put(row);
    return row;
}

namespace {

struct Size {
    const char* name;
    int width, height;
};
constexpr Size sizes[] = {{"1080p", 1920, 1080}, {"4k", 3840, 2160}, {"8k", 7680, 4320}};

}  // namespace

Result<Rows> run_streams(Bench& bench) {
    const auto device = device_of(bench);
    if (!device) return fail(device.error());
    std::vector<int> counts = bench.counts;
    if (counts.empty())
        counts = device->cuda >= 0 ? std::vector{1, 2, 4, 7, 8, 16} : std::vector{1, 2, 4};
    Rows rows;
    for (const int count : counts) {
        const auto streams = static_cast<std::size_t>(count);
        const std::string name = fmt::format("{} stream{}", count, count == 1 ? "" : "s");
        bench.say(name + " end to end");
        const auto clip = clip_of(bench, std::max<std::size_t>(bench.frames / streams, 1));
        if (!clip) return fail(clip.error());
        auto row = measure_row(bench, bench.settings, *clip, streams);
        if (!row) return fail(row.error());
        row->suite = "streams";
        row->name = name;
        row->x = count;
        row->axis = "streams at once";
        rows.push_back(std::move(*row));
    }
    return rows;
}

Result<Rows> run_resolutions(Bench& bench) {
    Rows rows;
    for (const Size& size : sizes) {
        const bool wanted = bench.sizes.empty() || std::find(bench.sizes.begin(), bench.sizes.end(),
                                                             size.name) != bench.sizes.end();
        if (!wanted) continue;
        bench.say(fmt::format("making a clip of {}x{}", size.width, size.height));
        const auto clip = scaled_clip(bench, size.width, size.height, bench.frames);
        if (!clip) return fail(clip.error());
        for (const int input : bench.inputs) {
            Settings settings = bench.settings;
            settings.image_size = input;
            const std::string name = fmt::format("{}x{} at {}", size.width, size.height, input);
            bench.say("end to end, " + name);
            auto row = measure_row(bench, settings, *clip, 1);
            if (!row) return fail(row.error());
            row->suite = "resolutions";
            row->name = name;
            rows.push_back(std::move(*row));
        }
    }
    return rows;
}

}  // namespace saccade::bench
