#include "engine/run_networks.h"

#include <utility>

#include "settings/network_choices.h"

namespace saccade::engine {

Result<RunNetworks> RunNetworks::load(const Settings& settings, const ModelFiles& files,
                                      std::stop_token stop) {
    const auto choices = settings::network_choices(settings);
    if (!choices) return fail(choices.error());
    RunNetworks networks;
    auto detector = model::PreparedModel::load(files.detector, choices->overrides, stop);
    if (!detector) return fail(detector.error());
    networks.detector = std::make_shared<const model::PreparedModel>(std::move(*detector));
    if (files.reid) {
        auto reid = model::OnnxModel::load(*files.reid, std::move(stop));
        if (!reid) return fail(reid.error());
        networks.reid = std::move(*reid);
    }
    return networks;
}

}  // namespace saccade::engine
