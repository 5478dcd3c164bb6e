#include "bench/suites.h"

#include "engine/setup.h"

namespace saccade::bench {

Result<Device> device_of(Bench& bench) {
    if (bench.device) return *bench.device;
    bench.say("loading the network");
    const auto detector = engine::open_detector(bench.settings, infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    bench.device =
        Device{.cuda = (*detector)->info().cuda_device, .max_batch = (*detector)->max_batch()};
    return *bench.device;
}

Result<std::vector<double>> repeat(const Bench& bench,
                                   const std::function<Result<double>()>& once) {
    std::vector<double> values;
    for (int i = -1; i < bench.repetitions; ++i) {
        if (bench.stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        const auto value = once();
        if (!value) return fail(value.error());
        if (i >= 0) values.push_back(*value);
    }
    return values;
}

const std::vector<Suite>& suites() {
    static const std::vector<Suite> all{
        {"detector", "frames/s of the detector by batch, against the backend alone", run_detector},
        {"decode", "frames/s of decoding alone, by threads, on a GPU by streams", run_decode},
        {"streams", "frames/s from file to tracks, by streams", run_streams},
        {"resolutions", "frames/s from file to tracks, by size of the video and --imgsz",
         run_resolutions},
        {"models", "frames/s, latency, memory and, with --coco, mAP of each of --models",
         run_models},
        {"trackers", "updates/s of each tracker", run_trackers},
        {"start", "ms to load the network, cold and warm, and to the first result", run_start},
    };
    return all;
}

}  // namespace saccade::bench
