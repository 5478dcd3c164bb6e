#include <fmt/format.h>

#include <algorithm>

#include "profile/html/charts.h"
#include "profile/html/page.h"
#include "profile/profile_report.h"

namespace saccade::profile {
namespace {

using html::number;

/// A stage keeps its colour in all charts; what is no stage's is grey.
int color_of(Activity activity) {
    const auto found = std::find(traced_stages.begin(), traced_stages.end(), activity);
    return found == traced_stages.end() ? -1 : static_cast<int>(found - traced_stages.begin());
}

std::string percent(double share) {
    return fmt::format("{:.0f} %", 100 * share);
}

void verdict_section(const Profile& p, html::Page& page) {
    const Verdict& v = p.verdict;
    page.section("Verdict",
                 fmt::format("A model of the pipeline, fitted to this run, gives {:.1f} fps "
                             "for it ({:+.0f} % off what was measured).",
                             v.model_fps, 100 * v.model_error));
    page.callout(v.bottleneck == "none" ? "good" : "bad", v.summary);
    page.list(v.evidence);
    if (!v.advice.empty()) page.html("<b>What helps</b>");
    page.list(v.advice);
    std::vector<html::Bar> bars;
    double most = 1;
    for (const WhatIf& change : v.what_if) most = std::max(most, change.speedup);
    for (const WhatIf& change : v.what_if) {
        if (change.speedup < 1.02 || bars.size() == 8) continue;
        int color = -1;
        for (std::size_t s = 0; s < stage_count; ++s) {
            if (change.change.starts_with(p.measurement.stages[s].name))
                color = static_cast<int>(s);
        }
        bars.push_back({change.change, fmt::format("{:.2f} times as fast", change.speedup),
                        (change.speedup - 1) / std::max(most - 1, 1e-9), color});
    }
    if (bars.empty()) return;
    page.html("<b>What a change would bring</b>");
    page.html(html::bars(bars));
}

void stage_sections(const Measurement& m, html::Page& page) {
    page.section("Stages",
                 "Share of the run in which each stage's servers were at work. Stages overlap.");
    std::vector<html::Bar> bars;
    std::vector<html::Part> parts;
    std::vector<std::vector<std::string>> rows;
    for (std::size_t s = 0; s < stage_count; ++s) {
        const Stage& stage = m.stages[s];
        const int color = static_cast<int>(s);
        bars.push_back({stage.servers > 1.05
                            ? fmt::format("{} ({:.3g} at once)", stage.name, stage.servers)
                            : stage.name,
                        fmt::format("{} \u00b7 {} ms a frame", percent(stage.utilization),
                                    number(stage.time.mean)),
                        stage.utilization, color});
        if (stage.cpu_ms > 0) parts.push_back({stage.name, stage.cpu_ms, color});
        rows.push_back({stage.name, fmt::format("{}", stage.time.count), number(stage.time.mean),
                        number(stage.time.p50), number(stage.time.p95), number(stage.time.p99),
                        number(stage.cpu_ms), percent(stage.utilization)});
    }
    for (const Waiting& w : m.waiting) {
        if (w.time.count == 0) continue;
        rows.push_back({"wait: " + w.name, fmt::format("{}", w.time.count), number(w.time.mean),
                        number(w.time.p50), number(w.time.p95), number(w.time.p99), "",
                        percent(w.share)});
    }
    page.html(html::bars(bars));
    page.section("CPU time of a frame",
                 "By stage, with the threads that libraries started for it.");
    if (m.other_cpu_ms > 0.005) parts.push_back({"other", m.other_cpu_ms, -1});
    page.html(html::share_bar(parts, "ms"));
    page.section("Times a frame", "Milliseconds. Waiting is a share of the waiting thread's life.");
    page.table({"", "count", "mean", "p50", "p95", "p99", "CPU", "at work"}, rows);
}

void timeline_section(const Measurement& m, html::Page& page) {
    page.section("Timeline", fmt::format("A look at {:.0f} ms in the middle of the run. Thin grey: "
                                         "waiting for another thread. Hover for the frame.",
                                         1e3 * (m.timeline_end - m.timeline_begin)));
    std::vector<html::Lane> lanes;
    for (const TimelineLane& lane : m.timeline) {
        if (lanes.size() == 24) break;  // many streams look alike
        html::Lane shown{.name = lane.name, .spans = {}};
        for (const auto& span : lane.spans) {
            shown.spans.push_back({span.begin, span.end, color_of(span.activity), span.label});
        }
        lanes.push_back(std::move(shown));
    }
    page.html(html::timeline(lanes, m.timeline_begin, m.timeline_end));
    std::string legend = "<div class=\"legend\">";
    for (std::size_t s = 0; s < stage_count; ++s) {
        legend += fmt::format("<span><i style=\"background:var(--c{})\"></i>{}</span>", s,
                              html::escape(m.stages[s].name));
    }
    page.html(legend + "<span><i style=\"background:var(--wait)\"></i>waiting</span></div>\n");
}

void queue_section(const Measurement& m, html::Page& page) {
    page.section("Queues over time", "Frames in each queue, mean of all streams.");
    std::vector<html::Series> series;
    std::vector<std::vector<std::string>> rows;
    for (const QueueDepth& q : m.queues) {
        html::Series line{.name = q.name, .area = true};
        for (std::size_t i = 0; i < q.series.size(); ++i) {
            line.x.push_back(m.seconds * (static_cast<double>(i) + 0.5) /
                             static_cast<double>(q.series.size()));
            line.y.push_back(q.series[i] /
                             static_cast<double>(std::max<std::size_t>(m.streams, 1)));
        }
        series.push_back(std::move(line));
        rows.push_back({q.name, fmt::format("{}", q.capacity), number(q.mean), percent(q.empty),
                        percent(q.full), number(q.wait.mean), number(q.wait.p95)});
    }
    page.html(html::line_chart(series, {.x = "seconds", .y = "frames"}));
    page.table({"", "capacity", "mean depth", "empty", "full", "wait, ms", "p95"}, rows);
}

void resource_sections(const Measurement& m, html::Page& page) {
    page.section("CPU over time", fmt::format("Cores busy, of {}.", m.cores));
    page.html(
        html::line_chart({{.name = "cores", .x = m.time_s, .y = m.cores_series, .area = true}},
                         {.x = "seconds", .y = "cores", .height = 190}));
    page.section("Memory over time", "Resident, of the process.");
    page.html(html::line_chart({{.name = "memory", .x = m.time_s, .y = m.memory_mb, .area = true}},
                               {.x = "seconds", .y = "MB", .height = 190}));
    if (!m.gpu.empty() && !m.gpu_busy.empty()) {
        page.section("GPU over time", m.gpu);
        page.html(html::line_chart({{.name = "kernels", .x = m.time_s, .y = m.gpu_busy},
                                    {.name = "video decoder", .x = m.time_s, .y = m.gpu_decoder}},
                                   {.x = "seconds", .y = "share of time", .height = 190}));
    }
    page.section("Threads",
                 "CPU time; \"without a core\": ready to run, but all cores were taken.");
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min<std::size_t>(m.threads.size(), 24); ++i) {
        const ThreadUse& t = m.threads[i];
        rows.push_back({t.name, percent(t.share), number(t.cpu_s), number(t.delayed_s)});
    }
    page.table({"", "of a core", "CPU, s", "without a core, s"}, rows);
}

void layer_section(const std::vector<LayerTime>& layers, html::Page& page) {
    if (layers.empty()) return;
    double all = 0;
    for (const LayerTime& layer : layers) all += layer.ms;
    page.section(
        "The network's layers",
        fmt::format("{} layers, {:.2f} ms for one image, as the backend's own profiler has it. "
                    "The most costly:",
                    layers.size(), all));
    std::vector<html::Bar> bars;
    for (std::size_t i = 0; i < std::min<std::size_t>(layers.size(), 25); ++i) {
        std::string name = layers[i].name;
        if (name.size() > 34) name = "..." + name.substr(name.size() - 31);
        bars.push_back({name, fmt::format("{:.3f} ms \u00b7 {}", layers[i].ms, layers[i].kind),
                        layers[i].ms / std::max(layers.front().ms, 1e-9), 2});
    }
    page.html(html::bars(bars));
}

}  // namespace

std::string profile_html(const Profile& p) {
    const Measurement& m = p.measurement;
    html::Page page(p.title, p.setup + "; " + in_one_line(p.machine));
    page.tiles({{number(m.fps), "fps", fmt::format("{} frames in {:.2f} s", m.frames, m.seconds)},
                {number(m.latency.p50), "ms", "latency, median (decoded to written)"},
                {number(m.latency.p99), "ms", "latency, 99th percentile"},
                {fmt::format("{:.2f}", m.cores_used), fmt::format("of {} cores", m.cores), "busy"},
                {number(static_cast<double>(p.peak_memory) / 1e6), "MB", "peak memory"}});
    verdict_section(p, page);
    stage_sections(m, page);
    timeline_section(m, page);
    queue_section(m, page);
    page.section("Latency",
                 "Milliseconds from decoded to written, all frames up to the 99.5th percentile.");
    page.html(html::histogram(
        m.latencies_ms, {{"p50", m.latency.p50}, {"p95", m.latency.p95}, {"p99", m.latency.p99}},
        {.x = "ms", .y = "frames", .height = 230}));
    resource_sections(m, page);
    layer_section(p.layers, page);
    return std::move(page).finish(fmt::format("saccade {}, {}, {}; {}", p.version,
                                              p.machine.compiler, p.machine.build,
                                              p.machine.kernel));
}

}  // namespace saccade::profile
