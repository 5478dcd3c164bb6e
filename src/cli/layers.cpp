#include "cli/layers.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "core/frame.h"
#include "engine/setup.h"
#include "profile/statistics.h"

namespace saccade::cli {
namespace {

constexpr int repetitions = 10;

/// A grey picture of the network's own size.
Frame grey(int width, int height) {
    const auto size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(size, std::uint8_t{114});
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = PixelFormat::gray8;
    frame.color.range = ColorRange::full;
    frame.planes[0] = {pixels->data(), width};
    frame.owner = std::move(pixels);
    return frame;
}

}  // namespace

Result<std::vector<profile::LayerTime>> measure_layers(const Settings& settings) {
    auto detector = engine::open_detector(settings, infer::Goal::latency, true);
    if (!detector) return fail(detector.error());
    const detect::DetectorInfo& info = (*detector)->info();
    const Frame frame = grey(info.input_width, info.input_height);
    std::vector<profile::LayerTime> layers;
    std::map<std::string, std::vector<double>> times;
    for (int i = 0; i < repetitions; ++i) {
        if (auto done = (*detector)->submit({&frame, 1}); !done) return fail(done.error());
        if (auto done = (*detector)->collect(); !done) return fail(done.error());
        auto seen = (*detector)->layer_times();
        if (!seen) return fail(seen.error());
        if (i == 0) {
            for (const infer::LayerTime& layer : *seen)
                layers.push_back({layer.name, layer.kind, 0});
            continue;  // the first one warms up
        }
        for (const infer::LayerTime& layer : *seen) times[layer.name].push_back(layer.ms);
    }
    for (profile::LayerTime& layer : layers) layer.ms = profile::median(times[layer.name]);
    std::stable_sort(layers.begin(), layers.end(),
                     [](const auto& a, const auto& b) { return a.ms > b.ms; });
    return layers;
}

}  // namespace saccade::cli
