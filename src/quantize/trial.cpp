#include "quantize/trial.h"

#include <algorithm>
#include <utility>

namespace saccade::quantize {

Result<Trial> make_trial(const Network& network, std::vector<Frame> frames,
                         const std::stop_token& stop) {
    auto detector = detector_of(network, network.model);
    if (!detector) return fail(detector.error());
    auto found = detect_all(**detector, frames, stop);
    if (!found) return fail(found.error());
    return Trial{std::move(frames), std::move(*found)};
}

Result<std::unique_ptr<detect::Detector>> quantised_detector(const Network& network,
                                                             const model::Int8Plan& plan,
                                                             model::Int8Shape shape,
                                                             const detect::Thresholds& thresholds) {
    const auto variant =
        shape == model::Int8Shape::openvino
            ? model::with_plan(network.model, plan)
            : model::write_int8(network.model, plan, {.shape = shape, .simulated = true});
    if (!variant) return fail(variant.error());
    return detector_of(network, *variant, thresholds);
}

Result<Drift> drift_of(const Network& network, const model::Int8Plan& plan, model::Int8Shape shape,
                       const Trial& trial, const std::stop_token& stop, std::size_t most) {
    auto detector = quantised_detector(network, plan, shape);
    if (!detector) return fail(detector.error());
    const std::size_t count = std::min(most, trial.frames.size());
    const auto found = detect_all(**detector, std::span(trial.frames).first(count), stop);
    if (!found) return fail(found.error());
    return compare(std::span(trial.reference).first(count), *found);
}

}  // namespace saccade::quantize
