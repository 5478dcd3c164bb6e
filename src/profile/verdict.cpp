#include "profile/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "profile/replay.h"

namespace saccade::profile {
namespace {

enum : std::size_t { decode, preprocess, network, postprocess, track, sink };

Scenario scaled(std::size_t stage, double factor) {
    Scenario scenario;
    scenario.work[stage] = factor;
    return scenario;
}

/// Times larger than now, as far as that still helps.
double useful_queue(const Measurement& m) {
    constexpr double most = 64;
    const double all = predicted_fps(m, {.queue = most});
    double factor = 2;
    while (factor < most && predicted_fps(m, {.queue = factor}) < 0.97 * all) factor *= 2;
    return factor;
}

std::size_t best_stage(const Measurement& m, const Scenario& from) {
    const double now = predicted_fps(m, from);
    std::size_t best = 0;
    double most = 0;
    for (std::size_t s = 0; s < stage_count; ++s) {
        if (from.work[s] == 0) continue;
        Scenario scenario = from;
        scenario.work[s] = 0;
        const double gain = predicted_fps(m, scenario) / now;
        if (gain > most) {
            most = gain;
            best = s;
        }
    }
    return best;
}

/// How busy the GPU's decoders were, 0..1.
double gpu_decoders(const Measurement& m) {
    if (m.gpu_decoder.empty()) return 0;
    return std::accumulate(m.gpu_decoder.begin(), m.gpu_decoder.end(), 0.0) /
           static_cast<double>(m.gpu_decoder.size());
}

constexpr std::size_t closer_looks = 4;  // place in Measurement::waiting

std::vector<std::string> advice_for(std::size_t stage, const Measurement& m) {
    switch (stage) {
        case decode:
            if (gpu_decoders(m) > 0.8) {
                return {
                    fmt::format(
                        "the GPU's decoders are used up ({:.0f} % busy): share the sources with "
                        "a further GPU: --device cuda:all",
                        100 * gpu_decoders(m)),
                    "feed smaller or less costly videos (H.264 instead of HEVC, say)"};
            }
            if (m.streams == 1) {
                std::vector<std::string> lines;
                if (gpu_decoders(m) == 0) {
                    lines.emplace_back(
                        "give the decoder more threads: --decoder-threads N, or let several share "
                        "the file: --decoders N");
                } else if (m.stages[decode].servers < 1.5) {
                    lines.emplace_back(
                        "let several of the GPU's decoders share the file: --decoders N");
                }
                lines.emplace_back("run several sources at once: --streams N");
                lines.emplace_back(
                    "feed a smaller or less costly video (H.264 instead of HEVC, say)");
                return lines;
            }
            return {"run more sources at once: --streams N",
                    "feed smaller or less costly videos (H.264 instead of HEVC, say)"};
        case preprocess:
            return {"feed a smaller video, or a smaller --imgsz",
                    "leave the device thread a core of its own: --threads N below the core count"};
        case network:
            return {"take a smaller network or a smaller --imgsz",
                    "compute in less precision where the device can: --precision bf16 or fp16",
                    "run it on a GPU: --device cuda:0"};
        case postprocess:
            return {"raise --conf or lower --max-det, so that fewer boxes reach suppression"};
        case track:
            if (m.waiting[closer_looks].share > 0.5 * m.stages[track].utilization) {
                return {"take fewer closer looks: a smaller --refine-budget, or no --refine",
                        "run several sources at once (--streams N): their looks share batches"};
            }
            return {"take a cheaper tracker: --tracker sort or bytetrack",
                    "raise --conf, so that there is less to follow"};
        case sink:
            return {"write fewer or cheaper formats: --save mot instead of video, say",
                    "write to a faster disk: --out DIR"};
        default: return {};
    }
}

/// Which threads wait for `stage`, as far as it is seen.
std::vector<std::string> evidence_for(std::size_t stage, const Measurement& m) {
    const auto percent = [](double share) { return 100 * share; };
    std::vector<std::string> lines;
    const Stage& s = m.stages[stage];
    if (s.servers < 1.5) {
        lines.push_back(fmt::format("{} is at work {:.0f} % of the time, {:.2f} ms a frame", s.name,
                                    percent(s.utilization), s.time.mean));
    } else {
        lines.push_back(fmt::format("the {:.3g} {} servers are at work {:.0f} % of the time",
                                    s.servers, s.name, percent(s.utilization)));
    }
    if (s.time.mean > 1.5 * s.time.p50 && s.time.p50 > 0) {
        lines.push_back(fmt::format(
            "{} takes {:.2f} ms a frame as a rule and {:.2f} on average: {:.0f} % of its "
            "time goes into few frames (where it starts anew, say)",
            s.name, s.time.p50, s.time.mean, percent((s.time.mean - s.time.p50) / s.time.mean)));
    }
    const QueueDepth &before_device = m.queues[0], &before_sink = m.queues[2];
    const auto queue_line = [&](const QueueDepth& q) {
        lines.push_back(
            fmt::format("the queue {} is empty {:.0f} % and full {:.0f} % of the time ({:.1f} of "
                        "{} on average)",
                        q.name, percent(q.empty), percent(q.full), q.mean, q.capacity));
    };
    if (stage == decode) {
        lines.push_back(fmt::format("the device waits for frames {:.0f} % of the time",
                                    percent(m.waiting[1].share)));
        queue_line(before_device);
    } else if (stage == sink || stage == track) {
        queue_line(stage == sink ? before_sink : m.queues[1]);
        if (const double looks = m.waiting[closer_looks].share; stage == track && looks > 0) {
            lines.push_back(fmt::format("it waits for closer looks (--refine) {:.0f} % of the time",
                                        percent(looks)));
        }
        lines.push_back(fmt::format("the decoder waits for room {:.0f} % of the time",
                                    percent(m.waiting[0].share)));
    } else {
        queue_line(before_device);
        lines.push_back(
            fmt::format("the device thread waits for the network {:.0f} % and for "
                        "frames {:.0f} % of the time",
                        percent(m.waiting[2].share), percent(m.waiting[1].share)));
    }
    return lines;
}

std::string with_article(const std::string& stage) {
    return stage == "decode" ? "decoding" : stage == "track" ? "tracking" : "the " + stage;
}

std::string sink_name(const std::string& stage) {
    return stage == "sink" ? "writing results (the sinks)" : with_article(stage);
}

/// All changes worth a line, the most helpful first.
std::vector<WhatIf> what_ifs(const Measurement& m) {
    std::vector<WhatIf> list;
    for (std::size_t s = 0; s < stage_count; ++s) {
        list.push_back({m.stages[s].name + " twice as fast", predicted_speedup(m, scaled(s, 0.5))});
        list.push_back({m.stages[s].name + " at no cost", predicted_speedup(m, scaled(s, 0))});
    }
    const double queue = useful_queue(m);
    list.push_back({fmt::format("queues of {:.0f} frames", queue * static_cast<double>(m.queue)),
                    predicted_speedup(m, {.queue = queue})});
    list.push_back({fmt::format("{} cores", 2 * m.cores), predicted_speedup(m, {.cores = 2})});
    std::stable_sort(list.begin(), list.end(),
                     [](const WhatIf& a, const WhatIf& b) { return a.speedup > b.speedup; });
    return list;
}

void blame_queue(const Measurement& m, Verdict& v) {
    v.bottleneck = v.stage = "queue";
    const double factor = useful_queue(m);
    v.speedup = predicted_speedup(m, {.queue = factor});
    v.summary = fmt::format(
        "The queues are too small ({} frames): stages that are fast enough on average wait for "
        "each "
        "other. Larger ones would make the run {:.2f} times as fast.",
        m.queue, v.speedup);
    for (const QueueDepth& q : m.queues) {
        v.evidence.push_back(
            fmt::format("the queue {} is empty {:.0f} % and full {:.0f} % of the time", q.name,
                        100 * q.empty, 100 * q.full));
    }
    for (const Stage& s : m.stages) {
        if (s.time.mean <= 0 || s.time.p99 < 3 * s.time.mean) continue;
        v.evidence.push_back(
            fmt::format("{} comes in bursts: {:.2f} ms a frame on average, {:.2f} at "
                        "the 99th percentile",
                        s.name, s.time.mean, s.time.p99));
    }
    v.advice = {
        fmt::format("hold more frames: --queue {:.0f}", factor * static_cast<double>(m.queue))};
}

}  // namespace

Verdict judge(const Measurement& m) {
    Verdict v;
    v.model_fps = predicted_fps(m);
    if (m.fps > 0) v.model_error = v.model_fps / m.fps - 1;
    if (m.frames == 0) {
        v.bottleneck = v.stage = "none";
        v.summary = "No frame went through: there is nothing to judge.";
        return v;
    }
    v.what_if = what_ifs(m);
    const std::size_t stage = best_stage(m, {});
    v.stage = m.stages[stage].name;
    v.speedup = predicted_speedup(m, scaled(stage, 0));
    // A larger queue costs next to nothing, so it goes first where it helps as much.
    constexpr double worth_while = 1.1;
    const double queue_gain = predicted_speedup(m, {.queue = useful_queue(m)});
    if (queue_gain > worth_while && queue_gain > 0.85 * v.speedup) {
        blame_queue(m, v);
    } else if (v.speedup < worth_while) {
        v.bottleneck = "none";
        v.summary = fmt::format(
            "Nothing stands out: even without {} the run would be only {:.2f} times "
            "as fast.",
            sink_name(v.stage), v.speedup);
        v.evidence = evidence_for(stage, m);
    } else {
        double cpu_ms = m.other_cpu_ms;
        for (const Stage& s : m.stages) cpu_ms += s.cpu_ms;
        const bool cores_busy = m.cores_used > 0.85 * m.cores;
        v.bottleneck = cores_busy ? "cores" : v.stage;
        v.evidence = evidence_for(stage, m);
        v.advice = advice_for(stage, m);
        if (cores_busy) {
            v.summary = fmt::format(
                "The CPU is used up, mostly by {}: without it the run would be {:.2f} times as "
                "fast.",
                sink_name(v.stage), v.speedup);
            v.evidence.insert(
                v.evidence.begin(),
                fmt::format("{:.2f} of {} cores are busy; a frame takes {:.1f} ms of CPU time, of "
                            "which {} {:.1f}",
                            m.cores_used, m.cores, cpu_ms, v.stage, m.stages[stage].cpu_ms));
            v.advice.push_back("run on a machine with more cores");
        } else {
            v.summary = fmt::format(
                "The bottleneck is {}: without it the run would be {:.2f} times as fast.",
                sink_name(v.stage), v.speedup);
        }
    }
    // Threads that wait for a core while ours leave cores unused wait for those of other programs.
    const double wanted = m.cores_used * m.seconds + m.delayed_s;
    if (m.cores_used < 0.85 * m.cores && wanted > 0 && m.delayed_s > 0.3 * wanted) {
        v.evidence.push_back(fmt::format(
            "other programs keep this machine busy: threads were ready to run and had no core for "
            "{:.0f} % of that time; on a quiet machine this run would be faster",
            100 * m.delayed_s / wanted));
    }
    Scenario removed =
        v.bottleneck == "queue" ? Scenario{.queue = useful_queue(m)} : scaled(stage, 0);
    v.then = m.stages[best_stage(m, removed)].name;
    return v;
}

}  // namespace saccade::profile
