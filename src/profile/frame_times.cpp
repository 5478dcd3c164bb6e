#include "profile/frame_times.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace saccade::profile {
namespace {

std::size_t stage_index(Activity activity) {
    return static_cast<std::size_t>(
        std::find(traced_stages.begin(), traced_stages.end(), activity) - traced_stages.begin());
}

double since(const Tracer& tracer, TraceEvent::Time time) {
    return std::chrono::duration<double>(time - tracer.start()).count();
}

}  // namespace

bool FrameTimes::whole() const noexcept {
    return std::all_of(batch.begin(), batch.end(), [](std::uint32_t n) { return n > 0; });
}

std::map<std::uint32_t, std::vector<FrameTimes>> frame_times(const Tracer& tracer) {
    std::map<FrameId, FrameTimes> found;
    for (const TraceLane& lane : tracer.lanes()) {
        for (const TraceEvent& event : lane.events()) {
            const Interval interval{since(tracer, event.begin), since(tracer, event.end)};
            const std::size_t stage = stage_index(event.activity);
            for (const FrameId& id : lane.frames(event)) {
                FrameTimes& times = found[id];
                if (event.activity == Activity::queue_full) times.queued = interval.end;
                if (event.activity == Activity::hand_on) times.handed_on = interval.end;
                if (stage == stage_count) continue;
                times.stage[stage] = interval;
                times.batch[stage] = event.frames;
            }
        }
    }
    std::map<std::uint32_t, std::vector<FrameTimes>> streams;
    for (const auto& [id, times] : found) {
        if (times.whole()) streams[id.stream].push_back(times);
    }
    return streams;
}

double network_service(const Tracer& tracer, std::size_t servers) {
    struct Batch {
        double begin, end, waited;
    };
    std::vector<Batch> batches;
    std::map<FrameId, double> waits;
    for (const TraceLane& lane : tracer.lanes()) {
        for (const TraceEvent& event : lane.events()) {
            if (event.activity != Activity::wait || event.frames == 0) continue;
            waits[lane.frames(event).front()] =
                since(tracer, event.end) - since(tracer, event.begin);
        }
    }
    for (const TraceLane& lane : tracer.lanes()) {
        for (const TraceEvent& event : lane.events()) {
            if (event.activity != Activity::network || event.frames == 0) continue;
            batches.push_back({since(tracer, event.begin), since(tracer, event.end),
                               waits[lane.frames(event).front()]});
        }
    }
    std::sort(batches.begin(), batches.end(),
              [](const Batch& a, const Batch& b) { return a.begin < b.begin; });
    std::priority_queue<double, std::vector<double>, std::greater<>> free;  // when servers are
    for (std::size_t i = 0; i < std::max<std::size_t>(servers, 1); ++i) free.push(0);
    std::vector<double> seen, bounds;
    for (const Batch& batch : batches) {
        const double start = std::max(batch.begin, free.top());
        free.pop();
        free.push(batch.end);
        const double service = std::max(0.0, batch.end - start);
        const bool observed = batch.waited > 0.05 * (batch.end - batch.begin);
        (observed ? seen : bounds).push_back(service);
    }
    if (20 * seen.size() >= batches.size() && !seen.empty()) return distribution_of(seen).mean;
    std::sort(bounds.begin(), bounds.end());
    return percentile(bounds, 0.1);
}

}  // namespace saccade::profile
