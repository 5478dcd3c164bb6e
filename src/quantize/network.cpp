#include "quantize/network.h"

#include <utility>

#include "core/digest.h"
#include "detect/host_detector.h"
#include "infer/registry.h"
#include "model/quantize/int8_plan.h"

namespace saccade::quantize {

Result<Network> open_network(const std::filesystem::path& path,
                             const model::SpecOverrides& overrides, Size input) {
    auto file = model::OnnxModel::load(path);
    if (!file) return fail(file.error());
    if (file->metadata().contains(model::int8_key)) {
        return fail(ErrorCode::unsupported, path.string() + ": is quantised already",
                    "give the FP32 network that it was made from");
    }
    auto digest = sha256_of_file(path);
    if (!digest) return fail(digest.error());
    const auto prepared = model::PreparedModel::prepare(*file, overrides);
    if (!prepared) return fail(prepared.error());
    auto raw = prepared->network(model::HeadForm::raw);
    if (!raw) return fail(raw.error());
    const Size own{prepared->spec().width, prepared->spec().height};
    return Network{std::move(*file),     std::move(raw->graph),         std::move(raw->spec),
                   std::move(raw->kept), input == Size{} ? own : input, std::move(*digest)};
}

Result<std::unique_ptr<detect::Detector>> detector_of(const Network& network,
                                                      const model::OnnxModel& variant,
                                                      const detect::Thresholds& thresholds) {
    infer::BackendOptions options;
    if (variant.metadata().contains(model::int8_key)) options.precision = infer::Precision::int8;
    options.width = network.input.width;
    options.height = network.input.height;
    auto backend = infer::make_backend({variant, network.spec, network.kept}, options);
    if (!backend) return fail(backend.error());
    return detect::HostDetector::create(std::move(*backend), network.spec, variant.name(),
                                        thresholds);
}

Result<std::vector<detect::Detections>> detect_all(detect::Detector& detector,
                                                   std::span<const Frame> frames,
                                                   const std::stop_token& stop) {
    std::vector<detect::Detections> found;
    std::size_t next = 0;
    while (found.size() < frames.size()) {
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        if (next < frames.size() && detector.in_flight() < detector.depth()) {
            if (auto ok = detector.submit(frames.subspan(next, 1)); !ok) return fail(ok.error());
            ++next;
            continue;
        }
        auto batch = detector.collect();
        if (!batch) return fail(batch.error());
        for (auto& one : *batch) found.push_back(std::move(one));
    }
    return found;
}

}  // namespace saccade::quantize
