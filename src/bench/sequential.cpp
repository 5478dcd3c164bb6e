#include <variant>
#include <vector>

#include "bench/mission.h"
#include "engine/setup.h"
#include "media/source.h"
#include "track/registry.h"

namespace saccade::bench {

Result<double> run_sequential(const Bench& bench, const std::string& clip, int cuda_device) {
    const auto detector = engine::open_detector(bench.settings, infer::Goal::latency);
    if (!detector) return fail(detector.error());
    const auto tracker = track::make_tracker(bench.settings.tracker, {});
    if (!tracker) return fail(tracker.error());
    const auto source = media::open_source(
        clip, {.cuda_device = cuda_device, .decoder_threads = 1, .stop = bench.stop});
    if (!source) return fail(source.error());
    std::vector<Track> tracks;
    std::size_t frames = 0;
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        auto event = (*source)->read();
        if (!event) return fail(event.error());
        if (std::holds_alternative<media::End>(*event)) break;
        auto* frame = std::get_if<Frame>(&*event);
        if (frame == nullptr) continue;
        if (auto done = (*detector)->submit({frame, 1}); !done) return fail(done.error());
        const auto found = (*detector)->collect();
        if (!found) return fail(found.error());
        const auto followed =
            (*tracker)->update({.detections = found->front(), .pts = frame->pts}, tracks);
        if (!followed) return fail(followed.error());
        ++frames;
    }
    return static_cast<double>(frames) / seconds_since(start);
}

}  // namespace saccade::bench
