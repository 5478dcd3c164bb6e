#include "cli/auto.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "core/log.h"
#include "engine/device_list.h"
#include "media/capabilities.h"
#include "media/locations.h"
#include "profile/machine.h"

namespace saccade::cli {
namespace {

using Steady = std::chrono::steady_clock;

/// So much of a run is looked at once it goes steadily.
constexpr std::uint64_t warm_frames = 32, least_frames = 64;
constexpr auto least_time = std::chrono::milliseconds(1000);

/// Counts frames from when the run is warm until it was seen for long enough.
class Watch {
  public:
    explicit Watch(std::stop_source enough) : enough_(std::move(enough)) {}

    void frame() {
        const std::lock_guard lock(mutex_);
        const auto now = Steady::now();
        ++frames_;
        if (frames_ == 1) first_ = now;
        if (frames_ == warm_frames) begin_ = now;
        last_ = now;
        if (frames_ >= warm_frames + least_frames && now - begin_ >= least_time)
            enough_.request_stop();
    }
    /// Of a source that ended early, all that there was.
    [[nodiscard]] double rate() const {
        const bool warm = frames_ >= 2 * warm_frames;
        const std::chrono::duration<double> passed = last_ - (warm ? begin_ : first_);
        const std::uint64_t counted = warm ? frames_ - warm_frames : frames_ - 1;
        return frames_ > 1 && passed.count() > 0 ? static_cast<double>(counted) / passed.count()
                                                 : 0;
    }

  private:
    std::stop_source enough_;
    std::mutex mutex_;
    std::uint64_t frames_ = 0;
    Steady::time_point first_, begin_, last_;
};

Result<double> probe(Mode mode, Settings settings, const std::vector<std::string>& sources,
                     const std::stop_token& stop) {
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    // Drawing and encoding cost what they cost in the real run; text is nothing.
    settings.save.clear();
    settings.lines.clear();
    settings.zones.clear();
    settings.resume = false;
    std::stop_source enough;
    const std::stop_callback passed_on(stop, [&] { enough.request_stop(); });
    Watch watch(enough);
    RunHooks hooks;
    hooks.stop = enough.get_token();
    hooks.on_result = [&](const std::string&, const FrameResult&) { watch.frame(); };
    const auto summary = run(mode, settings, sources, hooks);
    if (!summary) return fail(summary.error());
    if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
    for (const StreamSummary& stream : summary->streams) {
        if (stream.error && stream.status == Status::failed && stream.frames == 0 &&
            stream.error->code != ErrorCode::interrupted) {
            return fail(*stream.error);
        }
    }
    return watch.rate();
}

}  // namespace

std::vector<engine::ChangeGroup> changes_for(const Config& config, std::size_t sources, int cores,
                                             int engines) {
    const bool gpu = engines > 0;
    std::vector<engine::ChangeGroup> groups;
    const auto group = [&](const char* key, const char* name, std::vector<int> values, auto field) {
        if (config.origin.at(key) != "default") return;
        engine::ChangeGroup changes;
        for (const int value : values) {
            changes.push_back({fmt::format("{} {}", name, value), [=](Settings& s) {
                                   s.*field = static_cast<std::decay_t<decltype(s.*field)>>(value);
                               }});
        }
        if (!changes.empty()) groups.push_back(std::move(changes));
    };
    // From twice what a run would take by itself (16 of a GPU, two or so of a host).
    const int many = static_cast<int>(std::min<std::size_t>(sources, 64));
    const int usual = gpu ? 16 : 2;
    std::vector<int> streams;
    for (int n = 2 * usual; many > usual && n < 2 * many; n *= 2)
        streams.push_back(std::min(n, many));
    group("streams", "streams", streams, &Settings::streams);
    // A GPU's engine is built for 32 and runs all smaller ones; for larger ones another would be
    // built.
    group("batch", "batch", gpu ? std::vector{16, 8} : std::vector{2, 4}, &Settings::batch);
    group("in_flight", "batches under way", {gpu ? 4 : cores + 2}, &Settings::in_flight);
    // As many as there are engines share a file that is alone. More fill an engine's waits.
    if (gpu && sources == 1) group("decoders", "decoders", {2 * engines}, &Settings::decoders);
    if (gpu) return groups;
    std::vector<int> decoders;
    for (int n = 2 * std::max(1, cores / 4); n <= cores; n *= 2) decoders.push_back(n);
    group("decoder_threads", "decoder threads", decoders, &Settings::decoder_threads);
    if (cores > 2) group("threads", "network threads", {cores - 1, cores - 2}, &Settings::threads);
    return groups;
}

Result<engine::Tuned> auto_settings(Mode mode, const Config& config,
                                    const std::vector<std::string>& sources, std::stop_token stop) {
    if (config.settings.live) {
        return fail(ErrorCode::invalid_argument, "--auto: a live run goes at its own pace",
                    "leave --auto or --live out");
    }
    const auto locations = media::expand_locations(sources);
    if (!locations) return fail(locations.error());
    for (const std::string& location : *locations) {
        if (location == "-" || location.find("://") != std::string::npos) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("--auto: {} can't be read twice", location),
                        "name files, or leave --auto out");
        }
    }
    const int cores = profile::describe_machine().cores;
    const int gpu = engine::first_gpu(config.settings);
    const int engines = gpu < 0 ? 0 : media::nvdec_engines(gpu).value_or(1);
    auto tuned = engine::tune(
        config.settings, changes_for(config, locations->size(), cores, engines),
        [&](const Settings& settings) { return probe(mode, settings, sources, stop); });
    if (!tuned) return tuned;
    for (const engine::Trial& trial : tuned->trials) {
        log::info("auto: {}: {:+.1f} %, {}", trial.name, 100 * (trial.ratio - 1),
                  trial.kept ? "kept" : "left");
    }
    return tuned;
}

}  // namespace saccade::cli
