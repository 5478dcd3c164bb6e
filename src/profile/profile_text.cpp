#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "profile/profile_report.h"

namespace saccade::profile {
namespace {

template <typename... Args>
void line(std::string& text, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
    text += '\n';
}

void times_row(std::string& text, const std::string& name, const Distribution& d, double share,
               const std::string& more) {
    line(text, "  {:<44} {:>7} {:>9.3f} {:>9.3f} {:>9.3f} {:>9.3f} {:>6.1f} %{}", name, d.count,
         d.mean, d.p50, d.p95, d.p99, 100 * share, more);
}

}  // namespace

std::string profile_text(const Profile& profile) {
    const Measurement& m = profile.measurement;
    std::string text;
    line(text, "{}", profile.title);
    line(text, "{}; {}", profile.setup, in_one_line(profile.machine));
    line(text,
         "{} frames in {:.2f} s: {:.1f} fps; {:.2f} of {} cores busy; peak memory {:.0f} MB\n",
         m.frames, m.seconds, m.fps, m.cores_used, m.cores,
         static_cast<double>(profile.peak_memory) / 1e6);

    line(text, "  {:<44} {:>7} {:>9} {:>9} {:>9} {:>9} {:>8}", "ms a frame", "count", "mean", "p50",
         "p95", "p99", "at work");
    for (const Stage& s : m.stages) {
        times_row(text,
                  s.servers > 1.05 ? fmt::format("{} ({:.3g} at once)", s.name, s.servers) : s.name,
                  s.time, s.utilization, fmt::format("  cpu {:.2f} ms", s.cpu_ms));
    }
    line(text, "  waiting:");
    for (const Waiting& w : m.waiting) {
        if (w.time.count > 0) times_row(text, w.name, w.time, w.share, "");
    }
    for (const QueueDepth& q : m.queues) {
        times_row(text, "frame in the queue " + q.name, q.wait,
                  q.mean / static_cast<double>(q.capacity),
                  fmt::format(" full  (empty {:.0f} %, full {:.0f} % of the time)", 100 * q.empty,
                              100 * q.full));
    }
    times_row(text, "frame from decoded to written", m.latency, 1, "");

    line(text, "\n  CPU by thread (share of one core):");
    for (std::size_t i = 0; i < std::min<std::size_t>(m.threads.size(), 12); ++i) {
        const ThreadUse& t = m.threads[i];
        line(text, "  {:<20} {:>6.1f} %   {:.2f} s, {:.2f} s without a core", t.name, 100 * t.share,
             t.cpu_s, t.delayed_s);
    }
    if (!m.memory_mb.empty()) {
        const auto [low, high] = std::minmax_element(m.memory_mb.begin(), m.memory_mb.end());
        line(text,
             "\n  memory: {:.0f} MB at the start, {:.0f} at the end, {:.0f} to {:.0f} between",
             m.memory_mb.front(), m.memory_mb.back(), *low, *high);
    }
    if (!m.gpu.empty() && !m.gpu_busy.empty()) {
        const auto mean = [](const std::vector<double>& v) { return distribution_of(v).mean; };
        line(text,
             "  {}: busy {:.0f} %, decoder {:.0f} %, memory {:.0f} MB, PCIe in {:.0f} and out "
             "{:.0f} "
             "MB/s",
             m.gpu, 100 * mean(m.gpu_busy), 100 * mean(m.gpu_decoder), mean(m.gpu_memory_mb),
             mean(m.pcie_in_mb_s), mean(m.pcie_out_mb_s));
    }
    if (!profile.layers.empty()) {
        double all = 0;
        for (const LayerTime& layer : profile.layers) all += layer.ms;
        line(text, "\n  the network's layers, {:.2f} ms in all, one image:", all);
        for (std::size_t i = 0; i < std::min<std::size_t>(profile.layers.size(), 25); ++i) {
            const LayerTime& layer = profile.layers[i];
            line(text, "  {:>8.3f} ms {:>5.1f} %  {:<28} {}", layer.ms, 100 * layer.ms / all,
                 layer.kind, layer.name);
        }
    }

    const Verdict& v = profile.verdict;
    line(text, "\nVERDICT: {}", v.summary);
    for (const std::string& evidence : v.evidence) line(text, "  - {}", evidence);
    if (!v.advice.empty()) line(text, "What helps:");
    for (const std::string& advice : v.advice) line(text, "  - {}", advice);
    if (v.what_if.empty()) return text;
    line(text, "What a change would bring (the model gives {:.1f} fps for this run, {:+.0f} %):",
         v.model_fps, 100 * v.model_error);
    for (const WhatIf& change : v.what_if) {
        if (change.speedup >= 1.02) line(text, "  {:>5.2f} x  {}", change.speedup, change.change);
    }
    if (v.bottleneck != "none") line(text, "The next limit would be: {}.", v.then);
    return text;
}

}  // namespace saccade::profile
