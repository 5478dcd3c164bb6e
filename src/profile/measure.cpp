#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "profile/frame_times.h"
#include "profile/measurement.h"
#include "profile/queue_depth.h"

namespace saccade::profile {
namespace {

using Streams = std::map<std::uint32_t, std::vector<FrameTimes>>;

constexpr std::size_t series_points = 240;  // points of a chart
enum : std::size_t { decode, preprocess, network, postprocess, track, sink };

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

bool is_thread_of(const TraceLane& lane, const char* stage) {
    return lane.name().starts_with(stage);
}

/// Sums over all lanes.
struct Totals {
    std::map<Activity, double> cpu, wall;
    std::map<std::string, double> life, delayed;  ///< by the first word of the lane's name
};

Totals totals_of(const Tracer& tracer) {
    Totals totals;
    for (const TraceLane& lane : tracer.lanes()) {
        const std::string kind = lane.name().substr(0, lane.name().find(' '));
        totals.delayed[kind] += seconds(lane.run_delay());
        auto first = TraceEvent::Time::max(), last = TraceEvent::Time::min();
        for (const TraceEvent& event : lane.events()) {
            totals.cpu[event.activity] += seconds(event.cpu);
            totals.wall[event.activity] += seconds(event.end - event.begin);
            first = std::min(first, event.begin);
            last = std::max(last, event.end);
        }
        if (last > first) totals.life[kind] += seconds(last - first);
    }
    return totals;
}

bool is_decoder_of(const TraceLane& lane, std::uint32_t stream) {
    const std::string first = "decode " + std::to_string(stream);
    return lane.name() == first || lane.name().starts_with(first + ".");
}

/// Decoders that share a stream.
double decoders_of(const Tracer& tracer, std::uint32_t stream) {
    const auto lanes =
        std::count_if(tracer.lanes().begin(), tracer.lanes().end(), [&](const TraceLane& lane) {
            return is_decoder_of(lane, stream) && !lane.events().empty();
        });
    return std::max(1.0, static_cast<double>(lanes));
}

/// CPU time of threads that libraries started, by the stage they work for.
struct Helpers {
    double decode = 0, sink = 0, network = 0;
    double network_delay = 0;
};

/// Threads of libraries have the name of the thread that started them, or one that libavcodec gave:
/// decoders start theirs as "av:h264:df0", encoders that don't name theirs are opened on a decode
/// thread, and the network's are there before any stage.
Helpers helpers_of(const Tracer& tracer, const Samples& samples) {
    std::set<int> own;
    for (const TraceLane& lane : tracer.lanes()) own.insert(lane.thread());
    Helpers helpers;
    for (const ThreadStats& thread : samples.threads) {
        const bool idle = thread.id == ::getpid() || thread.name == "sampler";
        if (own.contains(thread.id) || idle) continue;
        const double cpu = seconds(thread.cpu);
        if (thread.name.starts_with("av:")) {
            helpers.decode += cpu;
        } else if (thread.name.starts_with("decode ") || thread.name.starts_with("sink ")) {
            helpers.sink += cpu;
        } else {
            helpers.network += cpu;
            helpers.network_delay += seconds(thread.delayed);
        }
    }
    return helpers;
}

void fill_stages(const Tracer& tracer, const Streams& streams, const Totals& totals,
                 const Helpers& helpers, const RunShape& shape, Measurement& m) {
    const double frames = std::max(1.0, static_cast<double>(m.frames));
    const auto at_once = [&](const char* kind) {
        const auto found = totals.life.find(kind);
        return found == totals.life.end() || m.seconds <= 0
                   ? 1.0
                   : std::max(1.0, found->second / m.seconds);
    };
    static constexpr const char* thread_kinds[] = {"decode", "device", "network",
                                                   "device", "track",  "sink"};
    const double helper_cpu[] = {helpers.decode, 0, helpers.network, 0, 0, helpers.sink};
    double all = 0;
    for (std::size_t s = 0; s < stage_count; ++s) {
        Stage& stage = m.stages[s];
        stage.name = to_string(traced_stages[s]);
        std::vector<double> times;
        for (const auto& [id, list] : streams) {
            for (const FrameTimes& f : list) {
                times.push_back(1e3 * f.stage[s].length() / f.batch[s]);
            }
        }
        stage.time = distribution_of(std::move(times));
        const auto value = [&](const auto& map, const auto& key) {
            const auto found = map.find(key);
            return found == map.end() ? 0.0 : found->second;
        };
        const double own = value(totals.cpu, traced_stages[s]),
                     held = value(totals.wall, traced_stages[s]);
        stage.cpu_ms = 1e3 * (own + helper_cpu[s]) / frames;
        stage.servers = at_once(thread_kinds[s]);
        // A device thread's delay is shared out over its two stages.
        const double part =
            thread_kinds[s] == std::string("device")
                ? held / std::max(1e-9, value(totals.wall, Activity::preprocess) +
                                            value(totals.wall, Activity::postprocess))
                : 1.0;
        const double delayed = value(totals.delayed, std::string(thread_kinds[s])) * part;
        stage.service_ms = 1e3 * std::clamp(held - delayed, std::min(own, held), held) / frames;
    }
    Stage& net = m.stages[network];
    net.servers = static_cast<double>(std::max(1, shape.slots - 1));
    std::uint64_t batches = 0;
    for (const TraceLane& lane : tracer.lanes()) {
        if (is_thread_of(lane, "network ")) batches += lane.events().size();
    }
    // As far as the network runs on cores, it would be faster if they were its own.
    const double service = network_service(tracer, static_cast<std::size_t>(net.servers));
    const double wall = service * static_cast<double>(batches);
    const double busy = helpers.network, late = helpers.network_delay;
    const double on_cores = wall > 0 ? std::min(1.0, busy / wall) : 0;
    const double lost = busy > 0 ? on_cores * late / (busy + late) : 0;
    net.service_ms = 1e3 * wall * (1 - lost) / frames;
    for (std::size_t s = 0; s < stage_count; ++s) {
        Stage& stage = m.stages[s];
        const double work = s == network ? wall : stage.time.sum / 1e3;
        if (m.seconds > 0) stage.utilization = std::min(1.0, work / (stage.servers * m.seconds));
        stage.share = work;
        all += work;
    }
    for (Stage& stage : m.stages) stage.share = all > 0 ? stage.share / all : 0;
    double known = 0;
    for (const Stage& stage : m.stages) known += stage.cpu_ms;
    m.other_cpu_ms = std::max(0.0, 1e3 * m.cores_used * m.seconds / frames - known);
}

void fill_waiting(const Tracer& tracer, const Totals& totals, Measurement& m) {
    static constexpr struct {
        Activity activity;
        const char* thread;
        const char* name;
    } kinds[] = {{Activity::queue_full, "decode", "decoder, for room in front of the device"},
                 {Activity::starve, "device", "device, for frames"},
                 {Activity::wait, "device", "device thread, for the network"},
                 {Activity::hand_on, "track", "tracker, for room in front of the sinks"},
                 {Activity::look, "track", "tracker, for closer looks (--refine)"}};
    for (const auto& kind : kinds) {
        std::vector<double> times;
        for (const TraceLane& lane : tracer.lanes()) {
            for (const TraceEvent& event : lane.events()) {
                if (event.activity != kind.activity) continue;
                times.push_back(1e3 * seconds(event.end - event.begin));
            }
        }
        Waiting waiting{.name = kind.name, .time = distribution_of(std::move(times))};
        const auto life = totals.life.find(kind.thread);
        if (life != totals.life.end() && life->second > 0) {
            waiting.share = waiting.time.sum / 1e3 / life->second;
        }
        m.waiting.push_back(std::move(waiting));
    }
}

void fill_queues(const Tracer& tracer, const Streams& streams, const RunShape& shape,
                 Measurement& m) {
    const auto add = [&](const char* name, std::size_t capacity, auto&& stay_of) {
        QueueDepth queue{.name = name, .capacity = capacity};
        queue.series.assign(series_points, 0);
        std::vector<double> waits;
        double life = 0;
        for (const auto& [id, list] : streams) {
            std::vector<Stay> stays;
            const bool shared = decoders_of(tracer, id) > 1;
            for (std::size_t i = 0; i < list.size(); ++i) {
                stays.push_back(stay_of(list[i], shared && i > 0 ? &list[i - 1] : nullptr));
                waits.push_back(1e3 * std::max(0.0, stays.back().out - stays.back().in));
            }
            const DepthOverTime one = depth_over_time(stays, capacity, m.seconds, queue.series);
            queue.mean += one.mean * one.life;
            queue.empty += one.empty * one.life;
            queue.full += one.full * one.life;
            life += one.life;
        }
        if (life > 0) {
            queue.mean /= life;
            queue.empty /= life;
            queue.full /= life;
        }
        queue.wait = distribution_of(std::move(waits));
        m.queues.push_back(std::move(queue));
    };
    const std::size_t behind =
        shape.queue + static_cast<std::size_t>(shape.batch) * static_cast<std::size_t>(shape.slots);
    add("before the device", shape.queue,
        [](const FrameTimes& f, auto*) { return Stay{f.queued, f.stage[preprocess].begin}; });
    // Frames of decoders that share a stream wait for their turn elsewhere: until the one before is
    // taken.
    add("before the tracker", behind, [](const FrameTimes& f, const FrameTimes* before) {
        const double in = f.stage[postprocess].end, out = f.stage[track].begin;
        return Stay{
            before == nullptr ? in : std::min(out, std::max(in, before->stage[track].begin)), out};
    });
    add("before the sinks", shape.queue,
        [](const FrameTimes& f, auto*) { return Stay{f.handed_on, f.stage[sink].begin}; });
}

void fill_threads(const Samples& samples, Measurement& m) {
    std::map<std::string, ThreadUse> by_name;
    for (const ThreadStats& thread : samples.threads) {
        ThreadUse& use = by_name[thread.name + " (" + std::to_string(thread.id) + ")"];
        use.name = thread.name;
        use.cpu_s = seconds(thread.cpu);
        use.delayed_s = seconds(thread.delayed);
        if (m.seconds > 0) use.share = use.cpu_s / m.seconds;
    }
    for (auto& [name, use] : by_name) {
        if (use.share >= 0.001) m.threads.push_back(std::move(use));
    }
    std::stable_sort(m.threads.begin(), m.threads.end(),
                     [](const auto& a, const auto& b) { return a.cpu_s > b.cpu_s; });
}

void fill_samples(const Tracer& tracer, const Samples& samples, Measurement& m) {
    m.gpu = samples.gpu;
    for (const Sample& sample : samples.series) {
        m.time_s.push_back(seconds(sample.time - tracer.start()));
        m.cores_series.push_back(sample.cores);
        m.memory_mb.push_back(static_cast<double>(sample.memory) / 1e6);
        if (!sample.gpu) continue;
        m.gpu_busy.push_back(sample.gpu->busy);
        m.gpu_decoder.push_back(sample.gpu->decoder);
        m.gpu_memory_mb.push_back(static_cast<double>(sample.gpu->memory_used) / 1e6);
        m.pcie_in_mb_s.push_back(sample.gpu->pcie_in / 1e6);
        m.pcie_out_mb_s.push_back(sample.gpu->pcie_out / 1e6);
    }
}

/// The middle of the run, as long as a dozen frames take.
void fill_timeline(const Tracer& tracer, Measurement& m) {
    if (m.fps <= 0) return;
    const double length = std::min(m.seconds, std::max(12.0, 3.0 * m.batch) / m.fps);
    m.timeline_begin = std::max(0.0, (m.seconds - length) / 2);
    m.timeline_end = m.timeline_begin + length;
    for (const TraceLane& lane : tracer.lanes()) {
        TimelineLane shown{.name = lane.name()};
        for (const TraceEvent& event : lane.events()) {
            const double begin = seconds(event.begin - tracer.start());
            const double end = seconds(event.end - tracer.start());
            if (end < m.timeline_begin || begin > m.timeline_end || end <= begin) continue;
            std::string label = to_string(event.activity);
            if (event.frames > 0) {
                const FrameId id = lane.frames(event).front();
                label +=
                    ", stream " + std::to_string(id.stream) + " frame " + std::to_string(id.index);
            }
            shown.spans.push_back({event.activity, std::max(begin, m.timeline_begin),
                                   std::min(end, m.timeline_end), std::move(label)});
        }
        if (!shown.spans.empty()) m.timeline.push_back(std::move(shown));
    }
}

/// Lanes in the order a frame passes them.
void sort_timeline(Measurement& m) {
    static constexpr const char* lane_order[] = {"decode", "device", "network", "track", "sink"};
    const auto place = [](const TimelineLane& lane) {
        const std::string kind = lane.name.substr(0, lane.name.find(' '));
        return std::find(std::begin(lane_order), std::end(lane_order), kind) -
               std::begin(lane_order);
    };
    std::stable_sort(m.timeline.begin(), m.timeline.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

/// Durations as the replay takes them: scaled to what each would take with a core to itself.
void fill_costs(const Tracer& tracer, const Streams& streams, Measurement& m) {
    std::array<double, stage_count> scale{};
    for (std::size_t s = 0; s < stage_count; ++s) {
        const double mean = m.stages[s].time.mean;
        scale[s] = mean > 0 ? m.stages[s].service_ms / mean : 1;
    }
    for (const auto& [id, list] : streams) {
        StreamCosts costs;
        const double decoders = decoders_of(tracer, id);
        for (const FrameTimes& f : list) {
            FrameCost cost;
            for (std::size_t s = 0; s < stage_count; ++s) {
                cost.seconds[s] =
                    static_cast<float>(s == network ? m.stages[s].service_ms / 1e3
                                                    : scale[s] * f.stage[s].length() / f.batch[s]);
            }
            cost.seconds[decode] /= static_cast<float>(decoders);
            costs.frames.push_back(cost);
        }
        for (const TraceLane& lane : tracer.lanes()) {
            if (!is_decoder_of(lane, id)) continue;
            for (const TraceEvent& event : lane.events()) {
                const double length = seconds(event.end - event.begin);
                if (event.activity == Activity::open) costs.open += length;
                if (event.activity == Activity::finish) costs.finish += length;
            }
        }
        m.costs.push_back(std::move(costs));
    }
}

}  // namespace

Measurement measure(const Tracer& tracer, const Samples& samples, const RunShape& shape,
                    double run_seconds) {
    Measurement m;
    m.seconds = run_seconds;
    m.cores = shape.cores;
    m.streams = shape.streams;
    m.queue = shape.queue;
    m.batch = shape.batch;
    m.slots = shape.slots;
    const Streams streams = frame_times(tracer);
    std::vector<double> latencies;
    for (const auto& [id, list] : streams) {
        m.frames += list.size();
        for (const FrameTimes& f : list) {
            latencies.push_back(1e3 * (f.stage[sink].end - f.stage[decode].end));
        }
    }
    m.latencies_ms = latencies;
    m.latency = distribution_of(std::move(latencies));
    if (run_seconds > 0) {
        m.fps = static_cast<double>(m.frames) / run_seconds;
        m.cores_used = seconds(samples.cpu) / run_seconds;
    }
    for (const TraceLane& lane : tracer.lanes()) m.events_dropped += lane.dropped();
    for (const ThreadStats& thread : samples.threads) m.delayed_s += seconds(thread.delayed);
    const Totals totals = totals_of(tracer);
    fill_stages(tracer, streams, totals, helpers_of(tracer, samples), shape, m);
    fill_waiting(tracer, totals, m);
    fill_queues(tracer, streams, shape, m);
    fill_threads(samples, m);
    fill_samples(tracer, samples, m);
    fill_timeline(tracer, m);
    sort_timeline(m);
    fill_costs(tracer, streams, m);
    return m;
}

}  // namespace saccade::profile
