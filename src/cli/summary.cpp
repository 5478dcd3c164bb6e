#include "cli/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/mask_secrets.h"

namespace saccade::cli {
namespace {

using nlohmann::json;

constexpr std::size_t most_bad_told = 10;       ///< images, in the text
constexpr std::size_t most_bad_in_json = 1000;  ///< likewise; the file beside the outputs has all

std::string live_text(const LiveView& live) {
    std::string text =
        fmt::format("\n  live: {} connection{} of {} attempt{}, {} gap{}", live.connections,
                    live.connections == 1 ? "" : "s", live.attempts, live.attempts == 1 ? "" : "s",
                    live.outages, live.outages == 1 ? "" : "s");
    if (live.outages > 0) {
        text += fmt::format(" of {:.1f} s together, the last: {}",
                            std::chrono::duration<double>(live.outage_time).count(), live.reason);
    }
    return text;
}

std::string stream_line(const StreamSummary& s) {
    if (s.status == Status::failed && s.frames == 0) {
        return fmt::format("{}: failed: {}", s.name, s.error ? s.error->line() : "no reason known");
    }
    if (s.skipped) return fmt::format("{}: skipped, done before ({} frames)", s.name, s.frames);
    std::string line = fmt::format("{}: {} frames of {}x{} at {}x{}, {:.1f} fps", s.name, s.frames,
                                   s.width, s.height, s.input_width, s.input_height, s.fps);
    if (!s.ids_by_class.empty()) {
        std::vector<std::string> counts;
        for (const auto& [name, ids] : s.ids_by_class)
            counts.push_back(fmt::format("{} {}", ids, name));
        line += fmt::format(", followed {}", fmt::join(counts, ", "));
    } else {
        line += fmt::format(", {} detections", s.detections);
    }
    for (const DropCount& d : s.drops) {
        line += fmt::format(", {} frames dropped ({})", d.frames, d.reason);
    }
    if (s.passed_over > 0) line += fmt::format(", {} passed over", s.passed_over);
    if (s.status == Status::partial) line += fmt::format("; partly unreadable: {}", s.damage);
    if (s.status == Status::interrupted) line += "; interrupted";
    if (s.status == Status::failed) {
        line += fmt::format("; failed: {}", s.error ? s.error->line() : "no reason known");
    }
    for (std::size_t i = 0; i < std::min(s.bad_images.size(), most_bad_told); ++i) {
        const BadImage& image = s.bad_images[i];
        line += fmt::format("\n  {} {}: {}", image.left_out ? "left out" : "read in part",
                            image.path, image.reason);
    }
    if (s.bad_images.size() > most_bad_told) {
        line += fmt::format("\n  and {} more images: see the list {}",
                            s.bad_images.size() - most_bad_told, s.outputs.back());
    }
    if (s.live) line += live_text(*s.live);
    for (const std::string& path : s.outputs) line += "\n  -> " + path;
    return line;
}

json stages_json(const std::vector<StageTime>& stages) {
    json out = json::object();
    for (const StageTime& t : stages) {
        out[t.stage] = {{"first_ms", t.first}, {"mean_ms", t.mean}, {"p50_ms", t.p50},
                        {"p95_ms", t.p95},     {"p99_ms", t.p99},   {"total_s", t.total_seconds}};
    }
    return out;
}

json live_json(const LiveView& live) {
    json out = {{"state", to_string(live.state)},
                {"attempts", live.attempts},
                {"connections", live.connections},
                {"gaps", live.outages},
                {"gap_s", std::chrono::duration<double>(live.outage_time).count()},
                {"clock", live.clock_known ? "synced" : "unsynced"}};
    if (!live.reason.empty()) out["reason"] = live.reason;
    return out;
}

json drops_json(const std::vector<DropCount>& drops) {
    json out = json::array();
    for (const DropCount& d : drops) {
        out.push_back({{"stage", d.stage}, {"reason", d.reason}, {"frames", d.frames}});
    }
    return out;
}

json bad_images_json(const std::vector<BadImage>& images) {
    json list = json::array();
    for (std::size_t i = 0; i < std::min(images.size(), most_bad_in_json); ++i) {
        list.push_back({{"file", images[i].path},
                        {"reason", images[i].reason},
                        {"left_out", images[i].left_out}});
    }
    const auto left_out = std::count_if(images.begin(), images.end(),
                                        [](const BadImage& image) { return image.left_out; });
    return {{"count", images.size()}, {"left_out", left_out}, {"images", std::move(list)}};
}

json governor_json(const GovernorSummary& g) {
    return {{"limit_bytes", g.limit},
            {"peak_bytes", g.peak},
            {"others_peak_bytes", g.others_peak},
            {"per_image_bytes", g.per_image},
            {"max_batch", g.max_batch},
            {"batch", g.batch},
            {"smallest_batch", g.smallest_batch},
            {"warnings", g.warnings},
            {"fitted", g.fitted},
            {"out_of_memory", g.out_of_memory},
            {"grown", g.grown},
            {"trims", g.trims},
            {"decoders_waited", g.decoders_waited}};
}

json detectors_json(const std::vector<DetectorSummary>& detectors) {
    json out = json::array();
    for (const DetectorSummary& d : detectors) {
        out.push_back({{"device", d.device},
                       {"input", {d.input_width, d.input_height}},
                       {"frames", d.frames},
                       {"batches", d.batches},
                       {"memory_bytes", d.memory}});
    }
    return out;
}

json error_json(const Error& e) {
    return {{"code", to_string(e.code)},
            {"message", mask_secrets(e.message)},
            {"remedy", mask_secrets(e.remedy)}};
}

}  // namespace

std::string summary_text(const RunSummary& summary) {
    std::string text;
    for (const StreamSummary& stream : summary.streams) text += stream_line(stream) + "\n";
    if (summary.backend.empty()) return text;  // nothing was loaded: all done before, or unreadable
    text += fmt::format(
        "{} frames in {:.2f} s: {:.1f} fps ({} {}x{} {}, {} on {}; loaded in {:.2f} s, first "
        "result {:.2f} s after the start; peak memory {:.0f} MB)\n",
        summary.frames, summary.seconds, summary.fps, summary.model, summary.input_width,
        summary.input_height, summary.precision, summary.backend, summary.device,
        summary.load_seconds, summary.first_result_seconds,
        static_cast<double>(summary.peak_memory) / 1e6);
    if (summary.frames == 0) return text;
    // Per frame and stage, over all streams; stages overlap, so these don't add up to the whole.
    std::map<std::string, double> totals;
    std::vector<std::string> order;
    const auto add = [&](const StageTime& t) {
        if (t.stage == "latency" || t.stage == "sender_latency") return;
        if (totals.emplace(t.stage, 0).second) order.push_back(t.stage);
        totals[t.stage] += t.total_seconds;
    };
    for (const StreamSummary& stream : summary.streams) {
        for (const StageTime& t : stream.stages) add(t);
    }
    for (const StageTime& t : summary.stages) add(t);
    std::vector<std::string> parts;
    for (const std::string& stage : order) {
        parts.push_back(fmt::format("{} {:.2f}", stage,
                                    1e3 * totals[stage] / static_cast<double>(summary.frames)));
    }
    return text + fmt::format("ms a frame: {}\n", fmt::join(parts, ", "));
}

std::string summary_json(const RunSummary& summary) {
    json streams = json::array();
    for (const StreamSummary& s : summary.streams) {
        json stream = {{"source", s.name},
                       {"status", to_string(s.status)},
                       {"skipped", s.skipped},
                       {"decoder", s.decoder},
                       {"width", s.width},
                       {"height", s.height},
                       {"input", {s.input_width, s.input_height}},
                       {"frames", s.frames},
                       {"dropped", s.dropped},
                       {"passed_over", s.passed_over},
                       {"drops", drops_json(s.drops)},
                       {"device_memory_peak_bytes", s.device_memory_peak},
                       {"detections", s.detections},
                       {"crops", s.crops},
                       {"ids_by_class", s.ids_by_class},
                       {"outputs", s.outputs},
                       {"seconds", s.seconds},
                       {"fps", s.fps},
                       {"first_result_ms", s.first_result_ms},
                       {"stages", stages_json(s.stages)}};
        if (!s.bad_images.empty()) stream["bad_images"] = bad_images_json(s.bad_images);
        if (s.error) stream["error"] = error_json(*s.error);
        if (s.live) stream["live"] = live_json(*s.live);
        if (!s.damage.empty()) stream["damage"] = s.damage;
        streams.push_back(std::move(stream));
    }
    const json out = {
        {"schema", "saccade.run/1"},
        {"model", summary.model},
        {"family", summary.family},
        {"family_forced", summary.family_forced},
        {"backend", summary.backend},
        {"device", summary.device},
        {"precision", summary.precision},
        {"input", {summary.input_width, summary.input_height}},
        {"batch", summary.batch},
        {"frames", summary.frames},
        {"seconds", summary.seconds},
        {"fps", summary.fps},
        {"load_seconds", summary.load_seconds},
        {"first_result_seconds", summary.first_result_seconds},
        {"peak_memory_bytes", summary.peak_memory},
        {"governor", governor_json(summary.governor)},
        {"queue", {{"capacity", summary.queue_capacity}, {"peak", summary.queue_peak}}},
        {"stages", stages_json(summary.stages)},
        {"detectors", detectors_json(summary.detectors)},
        {"streams", std::move(streams)}};
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace saccade::cli
